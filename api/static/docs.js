// The description of the counter's contract, read from this server and shown by the vendored Swagger UI.
window.addEventListener("DOMContentLoaded", function () {
  SwaggerUIBundle({ url: "/api/v1/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null });
});
