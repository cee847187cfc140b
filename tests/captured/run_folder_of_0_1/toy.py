from pydantic import BaseModel, Field


class Params(BaseModel):
    lr: float = Field(0.1, gt=0)
    steps: int = 3
    fail: bool = False


def train(params: Params, context) -> dict[str, float]:
    saved = context.checkpoint / "state.txt"
    x, first = map(float, saved.read_text().split()) if saved.exists() else (context.seed + 1.0, 0)
    for step in range(int(first), params.steps):
        if context.should_stop():
            raise InterruptedError
        if params.fail and step == 1:
            raise ValueError("asked to fail")
        x -= params.lr * 2 * x
        context.log({"loss": x * x}, step)
        with context.saving(step):
            saved.with_suffix(".new").write_text(f"{x} {step + 1}")
            saved.with_suffix(".new").replace(saved)
    context.artifact("x.txt").write_text(str(x))
    return {"loss": x * x}
