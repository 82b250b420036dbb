// Runs before the modules and without them: browsers refuse modules and data to a page that was
// opened straight from a disk, and then this message is all that can be shown.
"use strict";

(function () {
  if (window.location.protocol !== "file:") return;

  var sentences = [
    {
      language: "id",
      text:
        "Halaman ini dibuka langsung sebagai berkas, sehingga peramban tidak mengizinkannya membaca data. " +
        "Jalankan server berkas di direktori terbitan, lalu buka alamat yang ditampilkannya:",
    },
    {
      language: "en",
      text:
        "This page was opened directly as a file, so the browser does not let it read the data. " +
        "Start a file server in the release directory and open the address it shows:",
    },
  ];

  document.addEventListener("DOMContentLoaded", function () {
    var message = document.getElementById("message");
    document.documentElement.dataset.state = "error";
    // No words can be switched without the modules.
    document.querySelector(".language").hidden = true;
    message.className = "message message-error";
    message.setAttribute("role", "alert");
    message.replaceChildren();
    sentences.forEach(function (sentence) {
      var paragraph = document.createElement("p");
      paragraph.lang = sentence.language;
      paragraph.textContent = sentence.text;
      message.append(paragraph);
    });
    var command = document.createElement("pre");
    command.textContent = "python3 -m http.server --bind 127.0.0.1 8000";
    message.append(command);
  });
})();
