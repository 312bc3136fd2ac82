/** A number with its word in a language that has one word for one and another for all others: "1 fact", "2 facts". */
export const countedIn =
  (locale: string) =>
  (number: number, one: string, many: string): string =>
    `${number.toLocaleString(locale)} ${number === 1 ? one : many}`;
