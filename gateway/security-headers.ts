// Headers that all answers carry: what a browser may do with them, and the name of the request.

const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/** Swagger UI writes styles into its elements. */
const DOCS_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");

const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

/** A day: other ports of the host are bound by it, too. */
const TLS_ONLY = "max-age=86400";

/** What the answer says of itself already, stays. */
export function addHeaders(response: Response, request: Request, requestId: string): Response {
  // One with a malformed host has no whole address.
  const { pathname = "", protocol } = URL.parse(request.url) ?? {};
  const policy = pathname === "/docs" || pathname.startsWith("/docs/") ? DOCS_POLICY : POLICY;
  const all = Object.entries({ ...HEADERS, "Content-Security-Policy": policy });
  if (protocol === "https:") all.push(["Strict-Transport-Security", TLS_ONLY]);
  for (const [name, value] of all) if (!response.headers.has(name)) response.headers.set(name, value);
  response.headers.set("X-Request-Id", requestId);
  return response;
}
