// The proof of an address: only the right octets, only once, and no more asked than was heard.
import { describe, expect, test } from "bun:test";

import { PathProof } from "./path-proof.ts";
import { seededSecrets } from "./test-network.ts";

function begun(octets: number): PathProof {
  const proof = new PathProof(seededSecrets(1));
  proof.begin(octets, 100);
  return proof;
}

describe("an address", () => {
  test("is asked as soon as it has sent as much as the question has, and again after a time", () => {
    const proof = begun(40);
    expect(proof.mayAsk(44, 100)).toBe(false);
    expect(proof.dueMs(44)).toBe(Infinity);
    proof.heard(4);
    expect(proof.dueMs(44)).toBe(100);
    expect(proof.mayAsk(44, 100)).toBe(true);
    proof.asked(44, 200);
    proof.heard(44);
    expect(proof.mayAsk(44, 199)).toBe(false);
    expect(proof.mayAsk(44, 200)).toBe(true);
  });

  test("is proven by the right octets, once", () => {
    const proof = begun(44);
    const answer = proof.question.slice();
    expect(proof.isProvenBy(answer.with(7, (answer[7] as number) ^ 1))).toBe(false);
    expect(proof.isProvenBy(answer)).toBe(true);
    expect(proof.isProvenBy(answer)).toBe(false);
    expect(proof.mayAsk(1, 1_000)).toBe(false);
  });

  test("is asked something else when another has taken its place", () => {
    const proof = begun(44);
    const answer = proof.question.slice();
    proof.begin(44, 200);
    expect(proof.isProvenBy(answer)).toBe(false);
  });

  test("that nobody has claimed is not asked, nor proven by zeros", () => {
    const proof = new PathProof(seededSecrets(1));
    proof.heard(1_000);
    expect(proof.mayAsk(1, 0)).toBe(false);
    expect(proof.isProvenBy(new Uint8Array(8))).toBe(false);
  });
});
