/** What some scanners put in front: the kind of the barcode (ISO/IEC 15424). */
const SYMBOLOGY = /^\][A-Za-z]\d/;
/** An element string of GS1 that begins with the article's number. */
const GS1_ARTICLE = /^(?:01|\(01\))(\d{14})(?!$)/;

/**
 * The GTIN in what was scanned, of 14 digits; undefined when there is none. EAN-8, UPC-A, EAN-13 and GTIN-14 are the same number
 * with zeros in front, and a wrong check digit is a misread.
 */
export function gtinOf(scanned: string): string | undefined {
  const code = scanned.trim().replace(SYMBOLOGY, '');
  const digits = GS1_ARTICLE.exec(code)?.[1] ?? /^\(01\)(\d{14})$/.exec(code)?.[1] ?? code;
  if (!/^(?:\d{8}|\d{12,14})$/.test(digits)) return undefined;
  const gtin = digits.padStart(14, '0');
  return hasCheckDigit(gtin) ? gtin : undefined;
}

function hasCheckDigit(gtin: string): boolean {
  const sum = gtin.split('').reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0;
}
