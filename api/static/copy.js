// A "copy" button beside each text that is worth copying. The pages work without it.
"use strict";

for (const place of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(place.dataset.copy);
  if (!source || !navigator.clipboard) continue; // the clipboard needs localhost or https
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = place.dataset.label;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = place.dataset.done;
    setTimeout(() => { button.textContent = place.dataset.label; }, 2000);
  });
  place.setAttribute("aria-live", "polite");
  place.append(button);
}
