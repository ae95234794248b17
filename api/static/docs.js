// The description of the counter's contract, read from this server and shown by the vendored Swagger UI.
window.addEventListener("DOMContentLoaded", function () {
  // Folded by subject, schemas left out: with all operations drawn at once Swagger UI stops in the middle.
  SwaggerUIBundle({
    url: "/api/v1/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null,
    docExpansion: "none", filter: true, defaultModelsExpandDepth: -1,
  });
});
