// Runs before MLflow's own scripts, in its page, and sets what a browser that has never been here would set
// otherwise: trainings instead of chat, the assistant closed, each study in its own view. What somebody has
// chosen by hand stays.
(() => {
  const store = window.localStorage;
  const FIRST = {
    "mlflow.workflowType_v1": '"machine_learning"',
    "mlflow.assistant.fab.autoOpenedOnFirstLoad_v1": "true",
    "mlflow.telemetry.info.alert.dismissed_v1": "true",
  };
  const ARRANGED = ["searchFilter", "orderByKey", "orderByAsc", "selectedColumns", "groupBy"];
  const ofExperiment = /#\/experiments\/(\d+)/;
  let arrangedLast = "";

  for (const [key, value] of Object.entries(FIRST)) {
    if (store.getItem(key) === null) store.setItem(key, value);
  }

  const parsed = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };
  const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

  // Returns the view that a study is shown in at first, as its tag has it now.
  const firstView = (number) => {
    const request = new XMLHttpRequest();
    const place = "ajax-api/2.0/mlflow/experiments/get?experiment_id=";
    request.open("GET", place + encodeURIComponent(number), false); // MLflow reads what is kept right after
    request.send();
    const tags = parsed(request.responseText)?.experiment?.tags ?? [];
    const tag = tags.find(({ key }) => key === "mlflow.sharedViewState.trials");
    return parsed(parsed(tag?.value)?.state);
  };

  const arrange = (address) => {
    const number = ofExperiment.exec(String(address))?.[1] ?? "";
    if (number === arrangedLast) return;
    arrangedLast = number;
    const view = number && firstView(number);
    if (!view) return;
    const kept = `MLflowLocalStorage-1.1-ExperimentPage-["${number}"]-ReactComponentState`;
    const ours = `orchestrator.view.${number}`;
    const now = parsed(store.getItem(kept));
    const before = parsed(store.getItem(ours));
    const untouched = before !== null && ARRANGED.every((name) => same(now?.[name], before[name]));
    if (now !== null && !untouched) return;
    if (same(before, view)) return;
    store.setItem(kept, JSON.stringify(view));
    store.setItem(ours, JSON.stringify(view));
  };

  for (const name of ["pushState", "replaceState"]) {
    const go = window.history[name];
    window.history[name] = function (state, title, address) {
      if (address) arrange(address);
      return go.call(this, state, title, address);
    };
  }
  window.addEventListener("hashchange", () => arrange(window.location.hash), true);
  if (!window.location.hash) window.history.replaceState(null, "", "#/experiments");
  arrange(window.location.hash);
})();
