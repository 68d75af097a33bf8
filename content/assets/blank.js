/* The button of a form template's page: printing the page gives the blank form (blank.css). */
for (const button of document.querySelectorAll(".qms-print")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
