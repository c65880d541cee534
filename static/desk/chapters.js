// chapters.js: puts the player's present time into the chapter lines, and says at once which line is not a time
const lines = document.querySelector("textarea[name=chapters_text]");
const player = document.querySelector("audio[data-desk-player]");

if (lines) {
  const row = document.createElement("div");
  row.className = "desk-chapter-tools";
  const hint = document.createElement("p");
  hint.setAttribute("role", "status");

  const clock = (seconds) => {
    const whole = Math.floor(seconds);
    const two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  };

  if (player) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Begin a chapter at the player's time" });
    button.addEventListener("click", () => {
      const time = `${clock(player.currentTime)} `;
      const at = lines.value.lastIndexOf("\n", lines.selectionEnd - 1) + 1;
      const needsBreak = lines.value && !lines.value.endsWith("\n");
      const insertAt = at === lines.selectionEnd ? at : lines.value.length;
      const text = insertAt === lines.value.length && needsBreak ? `\n${time}` : time;
      lines.setRangeText(text, insertAt, insertAt, "end");
      lines.focus();
      check();
    });
    row.append(button);
  }

  if (lines.dataset.proposeUrl) {
    const draft = Object.assign(document.createElement("button"), { type: "button", textContent: "Draft chapters from the transcript" });
    draft.addEventListener("click", async () => {
      const answer = await fetch(lines.dataset.proposeUrl, { headers: { Accept: "application/json" } });
      const proposed = (await answer.json()).lines;
      if (!proposed) {
        hint.textContent = "There is no transcript with times to draft from yet.";
        return;
      }
      lines.value = lines.value.trim() ? `${lines.value.trimEnd()}\n${proposed}` : proposed;
      lines.rows = Math.max(lines.rows, lines.value.split("\n").length + 1);
      lines.focus();
      hint.textContent = "Drafts from the transcript: shorten the titles, delete what is no chapter, then save.";
    });
    row.append(draft);
  }

  const check = () => {
    const faulty = lines.value
      .split("\n")
      .map((line, index) => [line.trim(), index + 1])
      .filter(([line]) => line && !/^[([]?(\d{1,3}:)?\d{1,4}:[0-5]\d([.,]\d{1,9})?[)\]]?\s+\S/.test(line))
      .map(([, number]) => number);
    const text = faulty.length ? `Line ${faulty.join(", ")}: begin with a time and a title, such as 3:15 Title.` : "";
    if (hint.textContent !== text) hint.textContent = text;
  };
  lines.addEventListener("input", check);
  row.append(hint);
  lines.after(row);
}
