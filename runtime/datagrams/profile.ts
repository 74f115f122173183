// What the two sides agree on when they meet: how patient they are with each other.

/** As it travels: one octet. Bit 0: a local network. Bit 1: quick keep-alive. Others are zero. */
export interface Profile {
  readonly local: boolean;
  readonly quick: boolean;
}

const LOCAL = 1;
const QUICK = 2;

export function profileOctet({ local, quick }: Profile): number {
  return (local ? LOCAL : 0) | (quick ? QUICK : 0);
}

/** Bits that are not known yet are not heeded. */
export function parseProfile(octet: number): Profile {
  return { local: (octet & LOCAL) !== 0, quick: (octet & QUICK) !== 0 };
}
