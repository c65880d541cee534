// upload.js: a chosen audio file goes up at once, piece by piece, while the producer writes on; the form then only
// names it, so a form error never costs a second upload. Without this script the form sends the file itself.
const input = document.querySelector("input[type=file][data-upload-url]");
const form = input?.closest("form");
const token = form?.querySelector("[name=audio_token]");

if (input && form && token && window.tus?.isSupported) {
  const panel = document.createElement("div");
  panel.className = "desk-upload";
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0, hidden: true });
  bar.setAttribute("aria-label", "Upload");
  const words = document.createElement("p");
  words.setAttribute("role", "status");
  const stop = Object.assign(document.createElement("button"), { type: "button", textContent: "Stop the upload", hidden: true });
  panel.append(bar, words, stop);
  input.after(panel);

  let upload = null;
  let told = -1;
  const say = (text, isProblem = false) => {
    words.textContent = text;
    panel.classList.toggle("desk-problem", isProblem);
  };
  const idle = () => {
    bar.hidden = true;
    stop.hidden = true;
    upload = null;
  };
  const csrf = () => form.querySelector("[name=csrfmiddlewaretoken]").value;

  const fill = (found) => {
    const filled = [];
    for (const [name, value] of Object.entries(found)) {
      const field = form.elements.namedItem(name);
      if (!field || field.value.trim()) continue;
      field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
      filled.push(form.querySelector(`label[for="${field.id}"]`)?.textContent.replace(":", "").trim() ?? name);
    }
    return filled;
  };

  const describe = async (url) => {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    const about = await answer.json();
    if (about.problem) {
      token.value = "";
      say(about.problem, true);
      return;
    }
    const filled = fill(about.found ?? {});
    const also = filled.length ? ` Filled in from the file: ${filled.join(", ")}.` : "";
    say(`Arrived: ${about.summary}.${also} Save the form to use it.`);
  };

  const sentence = (error) => {
    const status = error.originalResponse?.getStatus();
    const body = error.originalResponse?.getBody();
    if (body && status >= 400 && status < 600 && body.length < 400 && !body.startsWith("<")) return body;
    // A page of nginx, which stands between with a limit of its own.
    if (status === 413) return "A server in front of this site refuses pieces of 8 MB. Whoever runs it must allow larger requests (in nginx: client_max_body_size), or the file cannot be sent.";
    if (status === 403 || status === 302) return "You are no longer signed in, or may not upload. Sign in again in another tab.";
    return "The connection is gone. Choose the same file again: the upload goes on where it stopped.";
  };

  const start = (file) => {
    const most = Number(input.dataset.mostBytes);
    if (file.size > most) {
      say(`This file has ${Math.round(file.size / 1e6)} MB; ${Math.round(most / 1e6)} MB are the limit. Export it as MP3.`, true);
      input.value = "";
      return;
    }
    token.value = "";
    told = -1;
    bar.value = 0;
    bar.hidden = stop.hidden = false;
    say(`Sending ${file.name} …`);
    upload = new window.tus.Upload(file, {
      endpoint: input.dataset.uploadUrl,
      chunkSize: 8 * 1024 * 1024,
      retryDelays: [0, 1000, 3000, 5000, 10000, 20000],
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name },
      headers: { "X-CSRFToken": csrf() },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        return status === 0 || status === 409 || status === 423 || status >= 500;
      },
      onProgress: (sent, total) => {
        const percent = Math.floor((100 * sent) / total);
        bar.value = percent;
        if (percent >= told + 10) {
          told = percent - (percent % 10);
          say(`Sending ${file.name}: ${told} %`);
        }
      },
      onError: (error) => {
        idle();
        say(sentence(error), true);
      },
      onSuccess: () => {
        const url = upload.url;
        token.value = url.replace(/\/$/, "").split("/").pop();
        // The file is there: the form must not send it a second time.
        input.value = "";
        idle();
        describe(url);
      },
    });
    upload.findPreviousUploads().then((earlier) => {
      if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
      upload.start();
    });
  };

  input.addEventListener("change", () => {
    if (upload) upload.abort();
    if (input.files[0]) start(input.files[0]);
  });
  stop.addEventListener("click", () => {
    upload?.abort(true);
    idle();
    input.value = "";
    say("The upload was stopped. Nothing was changed.");
  });
  form.addEventListener("submit", (event) => {
    if (!upload) return;
    event.preventDefault();
    say(`The file is still on its way (${bar.value} %). Save when it has arrived.`, true);
    panel.scrollIntoView({ block: "center" });
  });
  window.addEventListener("beforeunload", (event) => {
    if (upload) event.preventDefault();
  });
}
