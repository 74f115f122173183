// Which methods an address takes.

import { describe, expect, test } from "bun:test";

import { allowedMethods } from "./endpoints.ts";

const endpoints = [
  { method: "GET", path: "/sessions" },
  { method: "DELETE", path: "/sessions/:id" },
  { method: "GET", path: "/" },
];

describe("the methods of an address", () => {
  test("a route for GET also takes HEAD", () => {
    expect(allowedMethods(endpoints, "/sessions")).toEqual(["GET", "HEAD"]);
    expect(allowedMethods(endpoints, "/")).toEqual(["GET", "HEAD"]);
  });

  test("a name in the path stands for one segment that is not empty", () => {
    expect(allowedMethods(endpoints, "/sessions/17")).toEqual(["DELETE"]);
    expect(allowedMethods(endpoints, "/sessions/17/more")).toEqual([]);
  });

  test("a slash at the end changes nothing", () => {
    expect(allowedMethods(endpoints, "/sessions/")).toEqual(["GET", "HEAD"]);
    expect(allowedMethods(endpoints, "/sessions/17/")).toEqual(["DELETE"]);
  });

  test("an unknown address has none", () => {
    expect(allowedMethods(endpoints, "/nowhere")).toEqual([]);
  });
});
