/** How the page of a pack looks: on a screen and on paper, with nothing fetched from anywhere. */
export const STYLE = `
:root { color: #0b0c0c; background: #fff; font: 1.1875rem/1.4 arial, sans-serif; }
body { margin: 0; }
header { background: #0b0c0c; color: #fff; border-bottom: 10px solid #1d70b8; padding: 10px 15px; font-weight: bold; }
header div, main, footer { max-width: 1100px; margin: 0 auto; }
main { padding: 20px 15px 40px; }
footer { padding: 15px; border-top: 1px solid #b1b4b6; }
h1 { font-size: 2.25rem; line-height: 1.1; margin: 20px 0; }
h2 { font-size: 1.6rem; line-height: 1.2; margin: 45px 0 10px; border-top: 1px solid #b1b4b6; padding-top: 20px; }
h3 { font-size: 1.25rem; margin: 25px 0 10px; }
p, li { max-width: 45em; }
a { color: #1d70b8; }
a:focus, .wide:focus { outline: 3px solid #fd0; color: #0b0c0c; }
.wide { overflow-x: auto; margin: 15px 0 25px; }
table { border-collapse: collapse; width: 100%; font-size: 1rem; }
caption { text-align: left; font-weight: bold; margin-bottom: 5px; }
th, td { text-align: left; vertical-align: top; padding: 8px 15px 8px 0; border-bottom: 1px solid #b1b4b6; }
tbody th { font-weight: normal; }
code { font: 0.9em/1.4 monospace; overflow-wrap: anywhere; }
strong.red { color: #942514; }
strong.green { color: #005a30; }
strong.purple { color: #54319f; }
.note { border-left: 10px solid #1d70b8; padding: 15px; margin: 20px 0; background: #f4f8fb; }
@media print {
  :root { font-size: 10pt; }
  header { background: none; color: #0b0c0c; border-bottom: 2pt solid #0b0c0c; }
  nav { display: none; }
  .wide { overflow: visible; }
  tr, h2, h3 { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  thead { display: table-header-group; }
  a { color: inherit; text-decoration: none; }
}
`;
