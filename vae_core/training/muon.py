"""Muon: the momentum of each weight matrix, made orthogonal before it is added; all else by Adam."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.optim.adam import adam

MOMENTUM = 0.9
ADAM_BETAS = (0.9, 0.999)
# Of the quintic x ← a x + b x³ + c x⁵, which takes singular values in (0, 1] to about 0.7 to 1.2 in five rounds.
QUINTIC = (3.4445, -4.7750, 2.0315)
ROUNDS = 5
SMALLEST_NORM = 1e-12
LAYERS = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


@final
class Muon(torch.optim.Optimizer):
    """Weight matrices W (m, n) of dense and convolutional layers: W ← W − lr · √max(m, n) · orthogonal(M).

    M is the Nesterov momentum of the gradient; a convolution's weights are the matrix (first axis, all others). The
    step so has a root mean square of about lr per weight, the size of Adam's, and one learning rate serves both. Biases
    and whatever lies outside such layers get Adam, with ``epsilon``.

    Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; the size of the step as in
    Liu et al. 2025, "Muon is scalable for LLM training", section 2.2, without their factor 0.2. In place of
    torch.optim.Muon, which computes in bfloat16 (slow where a processor has none) and takes no convolutions.
    """

    def __init__(self, module: nn.Module, lr: float, epsilon: float = 1e-8) -> None:
        super().__init__(module.parameters(), {"lr": lr, "eps": epsilon})
        self._matrices = {id(layer.weight) for layer in module.modules() if isinstance(layer, LAYERS)}

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step from the gradients at hand; weights without one stay. Gives back what closure does, if any."""
        loss = None if closure is None else torch.enable_grad()(closure)()
        for group in self.param_groups:
            given = [weights for weights in group["params"] if weights.grad is not None]
            for weights in given:
                if id(weights) in self._matrices:
                    self._turn(weights, group["lr"])
            self._adam([weights for weights in given if id(weights) not in self._matrices], group)
        return loss

    def _turn(self, weights: Tensor, lr: float) -> None:
        state = self.state[weights]
        if not state:
            state["momentum"] = torch.zeros_like(weights)
        momentum = state["momentum"].lerp_(weights.grad, 1 - MOMENTUM)
        ahead = weights.grad.lerp(momentum, MOMENTUM).flatten(1)
        step = orthogonalised(ahead).view_as(weights)
        weights.add_(step, alpha=-lr * math.sqrt(max(ahead.shape)))

    def _adam(self, parameters: list[Tensor], group: dict[str, Any]) -> None:
        if not parameters:
            return
        for weights in parameters:
            if not self.state[weights]:
                zero = torch.zeros((), dtype=torch.float32, device=weights.device)
                moments = {name: torch.zeros_like(weights) for name in ("exp_avg", "exp_avg_sq")}
                self.state[weights] = {"step": zero, **moments}
        columns = [[self.state[weights][name] for weights in parameters] for name in ("exp_avg", "exp_avg_sq", "step")]
        means, squares, steps = columns
        adam(
            parameters,
            [weights.grad for weights in parameters],
            means,
            squares,
            [],
            steps,
            fused=True,
            amsgrad=False,
            beta1=ADAM_BETAS[0],
            beta2=ADAM_BETAS[1],
            lr=group["lr"],
            weight_decay=0.0,
            eps=group["eps"],
            maximize=False,
        )


def orthogonalised(matrix: Tensor) -> Tensor:
    """About U Vᵀ, float32 (m, n), of matrix = U S Vᵀ float32 (m, n): its singular values drawn to about 1.

    Five rounds of a quintic Newton–Schulz iteration, carried out on the Gram matrix (k, k), k = min(m, n), and
    multiplied with the matrix once, which costs about 0.6 of iterating on the matrix itself when it is four times as
    wide as high. A matrix of zeros stays one. Source: Jordan et al. 2024; the iteration of Bernstein and Newhouse 2024.
    """
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    wide = wide / wide.norm().clamp_min(SMALLEST_NORM)
    gram = wide @ wide.T
    a, b, c = QUINTIC
    turned = None
    for _ in range(ROUNDS):
        factor = torch.addmm(gram, gram, gram, beta=b, alpha=c)
        factor.diagonal().add_(a)
        turned = factor if turned is None else factor @ turned
        gram = factor @ gram @ factor
    result = turned @ wide
    return result if matrix.shape[0] <= matrix.shape[1] else result.T
