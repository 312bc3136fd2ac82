const BEYOND_BASIC = /[\ud800-\uffff]/;

/**
 * A text whose SQLite order (UTF-8 bytes) is JavaScript's order of the original (UTF-16 code units).
 *
 * The two orders differ from U+D800 up, so each code unit from there gets a code point of its own above U+FFFF.
 * The map is one to one, also for lone surrogates, which UTF-8 cannot hold: two ids never fall together.
 * Nearly every text is its own image.
 */
export function sortableText(text: string): string {
  if (!BEYOND_BASIC.test(text)) return text;
  let image = '';
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    image += unit < 0xd800 ? text.charAt(index) : String.fromCodePoint(0x10000 + unit - 0xd800);
  }
  return image;
}
