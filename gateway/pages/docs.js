// Starts Swagger UI in the browser on this gateway's own document; no validator, so nothing leaves the machine.

globalThis.SwaggerUIBundle({
  url: "/docs/json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  // Whoever has signed in at the page needs no token here: a change then says that it comes from a page of here.
  requestInterceptor: async (request) => {
    if (request.method === "GET" || "Authorization" in request.headers) return request;
    const { csrf } = await (await fetch("/access/me")).json();
    if (csrf !== undefined) request.headers["X-CSRF-Token"] = csrf;
    return request;
  },
});
