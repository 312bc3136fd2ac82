/**
 * Which document was written when: at most one seq for each id, read in ascending order.
 *
 * - seqs are added in ascending order, and a document's new seq replaces its old one
 * - a replaced seq stays as a gap until half of the list are gaps
 */
export class SeqIndex {
  #list: { seq: number; id: string }[] = [];
  readonly #seqOf = new Map<string, number>();

  set(id: string, seq: number): void {
    this.#seqOf.set(id, seq);
    this.#list.push({ seq, id });
    this.#closeGaps();
  }

  delete(id: string): void {
    this.#seqOf.delete(id);
    this.#closeGaps();
  }

  /** The first `limit` ids whose seq is higher than `seq`, and the seq of the last of them (`seq` when there is none). */
  after(seq: number, limit: number): { ids: string[]; lastSeq: number } {
    const ids: string[] = [];
    let lastSeq = seq;
    for (let place = this.#placeAfter(seq); place < this.#list.length && ids.length < limit; place++) {
      const item = this.#list[place];
      if (item === undefined || this.#seqOf.get(item.id) !== item.seq) continue;
      ids.push(item.id);
      lastSeq = item.seq;
    }
    return { ids, lastSeq };
  }

  #placeAfter(seq: number): number {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#list[middle]?.seq ?? Infinity) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #closeGaps(): void {
    if (this.#list.length < 64 + 2 * this.#seqOf.size) return;
    this.#list = this.#list.filter(({ id, seq }) => this.#seqOf.get(id) === seq);
  }
}
