// Whose requests are counted together: one address of IPv4, and of IPv6 the 64 bits that one network has for itself.

const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** `2001:db8:0:0::/64` for `2001:db8::1`; an address of IPv4, also one written within IPv6, as it is. */
export function addressBlock(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, GROUPS - first.length - last.length) }, () => "0");
  const groups = tail === undefined ? first : [...first, ...zeros, ...last];
  return `${groups.slice(0, NETWORK_GROUPS).join(":")}::/64`;
}
