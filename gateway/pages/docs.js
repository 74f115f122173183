// Starts Swagger UI in the browser on this gateway's own document; no validator, so nothing leaves the machine.

globalThis.SwaggerUIBundle({
  url: "/docs/json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
