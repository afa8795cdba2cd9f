"""The product form is the plain autoencoder: same function, same gradients, same state."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from ssad_lib.models import ConvolutionalAutoencoder, build
from ssad_lib.models import products as module
from ssad_lib.models.autoencoder import squared_error
from ssad_lib.models.products import ProductAutoencoder, StridedProduct, TransposedProduct


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def random(*shape, seed=0):
    return torch.randn(shape, generator=generator(seed), dtype=torch.float64)


def strided(images, weight):
    return F.conv2d(images, weight, stride=2, padding=1)


def transposed(images, weight):
    return F.conv_transpose2d(images, weight, stride=2, padding=1, output_padding=1)


def both(product):
    """The product, PyTorch's own operation, and where the weight's axis of the images is."""
    return {
        "strided": (StridedProduct.apply, strided, 1),
        "transposed": (TransposedProduct.apply, transposed, 0),
    }[product]


@pytest.mark.parametrize("product", ["strided", "transposed"])
@settings(max_examples=25, deadline=None)
@given(
    batch=st.integers(1, 5),
    half=st.integers(1, 4),
    inputs=st.integers(1, 5),
    outputs=st.integers(1, 5),
    rows=st.sampled_from([1, 7, 4096]),
    layout=st.sampled_from([torch.contiguous_format, torch.channels_last]),
)
def test_products_are_the_convolutions(product, batch, half, inputs, outputs, rows, layout):
    ours, theirs, axis = both(product)
    side = half if axis == 0 else 2 * half
    shape = (inputs, outputs) if axis == 0 else (outputs, inputs)
    images = random(batch, inputs, side, side).contiguous(memory_format=layout)
    weight = random(*shape, 3, 3, seed=1).contiguous(memory_format=layout)
    results = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ROWS", rows)  # parts of one image, of some, of all
        for function in (ours, theirs):
            leaves = [images.detach().requires_grad_(), weight.detach().requires_grad_()]
            output = function(*leaves)
            (output * random(*output.shape, seed=2)).sum().backward()
            results.append((output, leaves[0].grad, leaves[1].grad))
    for mine, reference in zip(*results, strict=True):
        torch.testing.assert_close(mine, reference, rtol=1e-10, atol=1e-10, check_stride=False)


@pytest.mark.parametrize("product", ["strided", "transposed"])
def test_gradients_agree_with_finite_differences(product):
    ours, _, axis = both(product)
    side = 2 if axis == 0 else 4
    images = random(2, 2, side, side).requires_grad_()
    weight = random(2, 2, 3, 3, seed=1).requires_grad_()
    assert torch.autograd.gradcheck(ours, (images, weight))


def pair(channels, size, width=4):
    """A plain and a product network with the same weights, in float64."""
    plain = build(lambda: ConvolutionalAutoencoder(channels, size, width), generator()).double()
    ours = ProductAutoencoder(channels, size, width).double()
    ours.load_state_dict(plain.state_dict())
    return plain, ours


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("channels", "size", "batch"), [(3, 32, 5), (1, 32, 2), (3, 16, 7)])
def test_network_agrees_with_the_plain_one(channels, size, batch, training):
    images = random(batch, channels, size, size).sigmoid()
    networks = pair(channels, size)
    outputs = []
    for network in networks:
        with torch.no_grad():
            network(images)  # moves the running statistics that evaluation uses
        outputs.append(network.train(training)(images))
        squared_error(outputs[-1], images).sum().backward()
    plain, ours = networks
    torch.testing.assert_close(outputs[1], outputs[0], rtol=0, atol=1e-10)
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], value, rtol=0, atol=1e-10, msg=name)
    for name, parameter in plain.named_parameters():
        gradient = ours.get_parameter(name).grad
        if gradient is None:
            gradient = torch.zeros_like(parameter)
            assert training
            assert name.endswith(".0.bias")
        torch.testing.assert_close(gradient, parameter.grad, rtol=0, atol=1e-10, msg=name)


def test_embedding_agrees_with_the_plain_one():
    plain, ours = (network.eval() for network in pair(3, 32))
    images = random(3, 3, 32, 32)
    torch.testing.assert_close(ours.embed(images), plain.embed(images), rtol=0, atol=1e-12)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_weights_move_either_way_and_start_alike(layout):
    plain = build(lambda: ConvolutionalAutoencoder(3, 16, 4), generator(5))
    ours = build(lambda: ProductAutoencoder(3, 16, 4), generator(5)).to(memory_format=layout)
    states = plain.state_dict(), ours.state_dict()
    assert list(states[0]) == list(states[1])
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    plain.load_state_dict(ours.state_dict())


def trained(network, precision, steps=30):
    images = torch.rand((32, 3, 16, 16), generator=generator(3))
    images = images.contiguous(memory_format=torch.channels_last)
    network = network.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2, fused=True)
    losses = []
    for _ in range(steps):
        with torch.autocast("cpu", precision, enabled=precision is not torch.float32):
            output = network(images)
        loss = squared_error(output, images).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return network, losses


def test_training_in_bfloat16_follows_float32():
    start = build(lambda: ProductAutoencoder(3, 16, 8), generator()).state_dict()
    curves = {}
    for precision in (torch.float32, torch.bfloat16):
        network = ProductAutoencoder(3, 16, 8)
        network.load_state_dict(start)
        network, curves[precision] = trained(network, precision)
        floats = [value for value in network.state_dict().values() if value.is_floating_point()]
        assert all(value.dtype is torch.float32 for value in floats)
        assert all(p.grad is None or p.grad.dtype is torch.float32 for p in network.parameters())
    plain, half = curves.values()
    assert plain[-1] < 0.8 * plain[0]
    assert half == pytest.approx(plain, rel=0.02)
    assert half != plain


def test_output_is_in_float32_under_autocast():
    network = build(lambda: ProductAutoencoder(3, 16, 4), generator())
    with torch.autocast("cpu", torch.bfloat16):
        assert network(torch.rand(2, 3, 16, 16)).dtype is torch.float32
