// The scripts of every page. Each file does one job and starts by itself here; without
// any of them the pages still work.

import { start as startBegin } from "./begin.js";
import { start as startBulk } from "./bulk.js";
import { start as startClocks } from "./clock.js";
import { start as startCopy } from "./copy.js";
import { start as startDialogs } from "./dialog.js";
import { start as startDrafts } from "./drafts.js";
import { start as startFiles } from "./files.js";
import { start as startForms } from "./forms.js";
import { start as startLeaving } from "./field/leave.js";
import { start as startKeys } from "./keys.js";
import { start as startPicks } from "./pick.js";
import { start as startPulse } from "./pulse.js";
import { start as startTabs } from "./tabs.js";
import { start as startTheme } from "./theme.js";
import { start as startToasts } from "./toast.js";

document.documentElement.classList.add("js");
for (const start of [
  startTheme,
  startDialogs,
  startLeaving,
  startForms,
  startPicks,
  startDrafts,
  startFiles,
  startBulk,
  startToasts,
  startCopy,
  startKeys,
  startTabs,
  startBegin,
  startClocks,
  startPulse,
]) {
  start();
}
