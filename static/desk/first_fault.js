// first_fault.js: a form that came back begins at the first field to mend
document.querySelector(".errors :is(input, select, textarea):not([type=hidden]), [aria-invalid=true]")?.focus();
