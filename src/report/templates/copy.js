(function () {
  function plainly(text) {
    var area = document.createElement("textarea");
    area.value = text;
    document.body.appendChild(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    return done;
  }
  function said(button, done) {
    button.textContent = done ? "Copied" : "Not copied: select the text";
  }
  document.querySelectorAll("button.copy").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var text = document.getElementById(button.dataset.copy).textContent.trim();
      if (!navigator.clipboard) {
        return said(button, plainly(text));
      }
      navigator.clipboard.writeText(text).then(
        function () { said(button, true); },
        function () { said(button, plainly(text)); }
      );
    });
  });
})();
