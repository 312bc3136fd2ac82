/** An element of the log, as far as it is of the standard: what vendors add in namespaces of their own is left out. */
export interface Element {
  readonly name: string;
  /** By their local names. */
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
  readonly children: Element[];
}

export function childOf(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((child) => child.name === name);
}

export function childrenOf(element: Element, ...names: readonly string[]): Element[] {
  return element.children.filter((child) => names.includes(child.name));
}

/** The text of a child; undefined when there is none, or it is blank. */
export function textOf(element: Element | undefined, name: string): string | undefined {
  const text = childOf(element, name)?.text.trim();
  return text === '' ? undefined : text;
}

export function isSet(element: Element, flag: string): boolean {
  const value = element.attributes[flag]?.trim();
  return value === 'true' || value === '1';
}
