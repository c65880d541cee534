// feed_difference.js: before a published episode is saved, its producer reads what apps will do, and decides.
const note = document.querySelector("[data-feed-difference]");
const form = document.querySelector("#episode_form");
const audio = form?.querySelector('input[type="file"][name="audio_file"]');

function bodyOf(form) {
  const body = new FormData(form);
  // Files are not needed to know what will happen; only how large a new one is.
  for (const [name, value] of [...body.entries()]) {
    if (value instanceof File) body.delete(name);
  }
  const file = audio?.files[0];
  if (file) body.set("new_audio_bytes", String(file.size));
  return body;
}

async function sentences() {
  try {
    const answer = await fetch(note.dataset.feedDifference, { method: "POST", body: bodyOf(form) });
    return answer.ok ? (await answer.json()).sentences : [];
  } catch {
    return []; // saving never waits for advice
  }
}

function asked(lines) {
  const dialog = document.createElement("dialog");
  dialog.className = "desk-dialog";
  const heading = document.createElement("h2");
  heading.id = "feed-difference-heading";
  heading.textContent = "The episode is live. What apps will do:";
  const list = document.createElement("ul");
  for (const line of lines) {
    const item = document.createElement("li");
    item.textContent = line;
    list.append(item);
  }
  const choice = document.createElement("form");
  choice.method = "dialog";
  choice.className = "desk-choice";
  // The first one has the focus: whoever presses Enter without reading changes nothing.
  for (const [value, words] of [["", "Not yet"], ["save", "Save"]]) {
    const button = document.createElement("button");
    button.value = value;
    button.className = value ? "button default" : "button";
    button.textContent = words;
    choice.append(button);
  }
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(heading, list, choice);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((decide) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      decide(dialog.returnValue === "save");
    });
  });
}

if (note && form) {
  let agreed = false;
  let asking = false;
  form.addEventListener("submit", async (event) => {
    if (agreed || event.defaultPrevented) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    const lines = await sentences();
    agreed = !lines.length || (await asked(lines));
    asking = false;
    if (!agreed) return;
    form.requestSubmit(event.submitter ?? undefined);
  });
}
