export async function benchFleet(): Promise<void> {}
