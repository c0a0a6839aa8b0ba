"""Train the student: `python -m assistant.multilingual.train --esco FOLDER`.

The teacher is the packaged encoder on the English side of a concept. The student reads the same concept in
any language and learns to give the teacher's vector: near it (cosine), and nearer than those of all other
concepts of the batch and of ESCO's skills (InfoNCE). Texts are misspelt, cut and strung together on the
way, so that typing errors, unknown words and long texts are nothing new to it. Deterministic for one torch
build; a few minutes on two cores.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.multilingual.ngrams import features
from assistant.multilingual.parallel import Concept, concepts, skills
from assistant.multilingual.student import MODEL, look_up, quantise
from assistant.settings import Settings, load_settings

SHARES = {"phrase": 0.35, "term": 0.25, "name": 0.05, "occupation": 0.35}
"""Of the samples of a batch, by kind of concept."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Numbers of one training, chosen on the held-out concepts."""

    steps: int = 4500
    batch: int = 1024
    vocabulary: int = 180_000
    dimensions: int = 128
    hidden: int = 384
    learning_rate: float = 0.01
    dense_learning_rate: float = 2e-3
    temperature: float = 0.05
    closeness: float = 4.0
    """Weight of the cosine beside InfoNCE."""
    negatives: int = 1024
    joined: float = 0.3
    """Share of samples to which another text of the language is added, again and again."""
    misspelt: float = 0.2
    dropped: float = 0.1
    """Share of the n-grams of a sample that are left out."""
    threads: int = 1
    seed: int = 0


class Corpus:
    """The texts of the concepts as n-gram ids, one text after the other."""

    def __init__(self, known: Sequence[Concept], size: int) -> None:
        self.concepts = known
        self.owner = np.array(
            [at for at, concept in enumerate(known) for texts in concept.texts.values() for _ in texts]
        )
        pairs = [
            (language, text)
            for concept in known
            for language, texts in concept.texts.items()
            for text in texts
        ]
        self.texts = [text for _, text in pairs]
        self.languages = np.array([language for language, _ in pairs])
        hashes, owners = features(self.texts)
        self.vocabulary = _frequent(hashes, self.owner[owners], size)
        self.ids, known_ones = look_up(self.vocabulary, hashes)
        owners = owners[known_ones]
        self.start = np.searchsorted(owners, np.arange(len(self.texts) + 1))
        self.of_language = {
            language: np.flatnonzero(self.languages == language) for language in sorted(set(self.languages))
        }

    def row(self, at: int) -> NDArray[np.int64]:
        """Ids of one text."""
        ids: NDArray[np.int64] = self.ids[self.start[at] : self.start[at + 1]]
        return ids


def _frequent(hashes: NDArray[np.uint64], concept: NDArray[np.int64], size: int) -> NDArray[np.uint64]:
    """The n-grams of most concepts, sorted by hash; those of one concept teach nothing about others."""
    order = np.lexsort((concept, hashes))
    hashes, concept = hashes[order], concept[order]
    first = np.ones(len(hashes), dtype=bool)
    first[1:] = (hashes[1:] != hashes[:-1]) | (concept[1:] != concept[:-1])
    unique, count = np.unique(hashes[first], return_counts=True)
    best = np.lexsort((unique, -count))[:size]
    return np.sort(unique[best])


class Batches:
    """Draws batches: texts of concepts, disturbed, with the teacher's vectors."""

    def __init__(self, corpus: Corpus, teacher: "Teacher", recipe: Recipe) -> None:
        self._corpus = corpus
        self._teacher = teacher
        self._recipe = recipe
        self._random = np.random.default_rng(recipe.seed)
        self._english = [teacher.rows(concept.texts["en"]) for concept in corpus.concepts]
        kinds = np.array([concept.kind for concept in corpus.concepts])[corpus.owner]
        _, language, size = np.unique(corpus.languages, return_inverse=True, return_counts=True)
        # the root of a language's size: small ones are heard, large ones are not wasted
        heard = 1.0 / np.sqrt(size[language])
        self._pools = []
        for kind, share in SHARES.items():
            pool = np.flatnonzero(kinds == kind)
            if len(pool):
                self._pools.append((pool, np.cumsum(heard[pool]) / heard[pool].sum(), share))

    def draw(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]:
        """N-gram ids, how many each text has, wanted vectors and concepts; joined texts have none."""
        recipe, random = self._recipe, self._random
        chosen = self._choose()
        rows = self._misspell(chosen)
        concept = self._corpus.owner[chosen]
        wanted = np.stack([self._wanted(at) for at in concept])
        joined = np.flatnonzero(random.random(len(chosen)) < recipe.joined)
        for at in joined:
            language = self._corpus.of_language[self._corpus.languages[chosen[at]]]
            total = wanted[at] * np.sqrt(max(len(rows[at]), 1))
            for _ in range(int(random.geometric(0.5))):
                other = int(language[random.integers(len(language))])
                row = self._corpus.row(other)
                total = total + self._wanted(self._corpus.owner[other]) * np.sqrt(max(len(row), 1))
                rows[at] = np.concatenate([rows[at], row])
            wanted[at] = total / np.linalg.norm(total)
        concept = concept.copy()
        concept[joined] = -1 - joined
        counts = np.array([len(row) for row in rows])
        ids = np.concatenate(rows)
        kept = random.random(len(ids)) >= recipe.dropped
        counts = np.bincount(np.repeat(np.arange(len(rows)), counts)[kept], minlength=len(rows))
        return ids[kept], counts, wanted, concept

    def negatives(self) -> NDArray[np.float32]:
        """Vectors of English texts drawn at random."""
        drawn = self._random.integers(len(self._teacher.vectors), size=self._recipe.negatives)
        return self._teacher.vectors[drawn]

    def _choose(self) -> NDArray[np.int64]:
        shares = np.array([share for *_, share in self._pools])
        sizes = np.floor(shares / shares.sum() * self._recipe.batch).astype(int)
        sizes[0] += self._recipe.batch - sizes.sum()
        drawn = [
            pool[np.searchsorted(cumulated, self._random.random(size)).clip(max=len(pool) - 1)]
            for (pool, cumulated, _), size in zip(self._pools, sizes, strict=True)
        ]
        return np.concatenate(drawn)

    def _wanted(self, concept: int) -> NDArray[np.float32]:
        """The teacher's vector of the usual English text, or of another one."""
        rows = self._english[concept]
        at = 0 if self._random.random() < 0.5 else int(self._random.integers(len(rows)))
        wanted: NDArray[np.float32] = self._teacher.vectors[rows[at]]
        return wanted

    def _misspell(self, chosen: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        rows = [self._corpus.row(at) for at in chosen]
        wrong = np.flatnonzero(self._random.random(len(chosen)) < self._recipe.misspelt)
        texts = [misspell(self._corpus.texts[chosen[at]], self._random) for at in wrong]
        hashes, owners = features(texts)
        ids, known = look_up(self._corpus.vocabulary, hashes)
        owners = owners[known]
        start = np.searchsorted(owners, np.arange(len(texts) + 1))
        for number, at in enumerate(wrong):
            rows[at] = ids[start[number] : start[number + 1]]
        return rows


def misspell(text: str, random: np.random.Generator) -> str:
    """One typing error in each five words or so: a letter missing, doubled, exchanged or wrong."""
    for _ in range(1 + len(text) // 40):
        if len(text) < 4:
            return text
        at, kind = int(random.integers(1, len(text) - 1)), int(random.integers(4))
        middle = ("", text[at] * 2, text[at + 1] + text[at], text[int(random.integers(len(text)))])[kind]
        text = text[:at] + middle + text[at + 1 + (kind == 2) :]
    return text


class Teacher:
    """The packaged encoder's vectors of all English texts."""

    def __init__(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        self.vectors = vectors
        self._row = {text: at for at, text in enumerate(texts)}

    @classmethod
    def of(cls, known: Sequence[Concept], others: Sequence[str], settings: Settings) -> "Teacher":
        """Encode the English side of the concepts, and other English texts."""
        from assistant.retrieval.minilm import MiniLMEncoder

        texts = sorted({text for concept in known for text in concept.texts["en"]} | set(others))
        return cls(texts, MiniLMEncoder.packaged(cache_dir=settings.data_dir / "models").encode(texts))

    def rows(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Rows of `vectors`."""
        return np.array([self._row[text] for text in texts])


def fit(corpus: Corpus, teacher: Teacher, recipe: Recipe) -> dict[str, NDArray[Any]]:
    """Train, and give the weights as `student` reads them."""
    import torch
    from scipy.sparse import csr_array
    from torch.nn import functional

    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads)
    torch.use_deterministic_algorithms(True)
    batches = Batches(corpus, teacher, recipe)
    width = teacher.vectors.shape[1]
    ngrams = np.random.default_rng(recipe.seed).standard_normal(
        (len(corpus.vocabulary), recipe.dimensions), dtype=np.float32
    )
    ngrams *= 0.1
    direct = torch.nn.Linear(recipe.dimensions, width)
    hidden = torch.nn.Linear(recipe.dimensions, recipe.hidden)
    bent = torch.nn.Linear(recipe.hidden, width, bias=False)
    torch.nn.init.zeros_(bent.weight)
    layers = [*direct.parameters(), *hidden.parameters(), *bent.parameters()]
    optimiser = torch.optim.Adam(layers)
    squares = np.full(len(corpus.vocabulary), 1e-8, dtype=np.float32)
    started, told = time.monotonic(), 0.0
    for step in range(recipe.steps):
        ids, counts, wanted_, concept = batches.draw()
        used, at = np.unique(ids, return_inverse=True)
        each = np.repeat((1.0 / np.sqrt(np.maximum(counts, 1))).astype(np.float32), counts)
        ends = np.concatenate([[0], np.cumsum(counts)])
        pooling = csr_array((each, at, ends), shape=(len(counts), len(used)))
        pooled = torch.from_numpy(pooling @ ngrams[used]).requires_grad_()
        vectors = functional.normalize(direct(pooled) + bent(functional.relu(hidden(pooled))), dim=1)
        wanted = torch.from_numpy(wanted_)
        logits = torch.cat([vectors @ wanted.T, vectors @ torch.from_numpy(batches.negatives()).T], dim=1)
        same = torch.from_numpy(concept[:, None] == concept[None, :])
        same.fill_diagonal_(False)  # the same concept in another language is no counterexample
        logits[:, : len(concept)].masked_fill_(same, -1.0)
        right = torch.arange(len(concept))
        loss = functional.cross_entropy(logits / recipe.temperature, right)
        cosine = (vectors * wanted).sum(dim=1).mean()
        (loss + recipe.closeness * (1 - cosine)).backward()  # type: ignore[no-untyped-call]
        rate = min(1.0, (step + 1) / 100) * (1 - step / recipe.steps)
        optimiser.param_groups[0]["lr"] = recipe.dense_learning_rate * rate
        optimiser.step()
        optimiser.zero_grad()
        gradient = pooling.T.tocsr() @ pooled.grad.numpy()  # type: ignore[union-attr]
        # Adagrad with one sum a row: Adam's two averages would be three times the model
        squares[used] += np.square(gradient).mean(axis=1)
        ngrams[used] -= recipe.learning_rate * rate * gradient / np.sqrt(squares[used])[:, None]
        told += float(cosine.detach())
        if (step + 1) % 200 == 0:
            took = time.monotonic() - started
            say(f"step {step + 1} of {recipe.steps}, cosine {told / 200:.3f}, {took:.0f} s")
            told = 0.0
    small, scales = quantise(ngrams)
    layers_by_name = {"direct": direct.weight, "hidden": hidden.weight, "bent": bent.weight}
    return {
        "hashes": corpus.vocabulary,
        "ngrams": small,
        "scales": scales,
        "bias": direct.bias.detach().numpy(),
        "hidden_bias": hidden.bias.detach().numpy(),
        **{name: weight.detach().numpy() for name, weight in layers_by_name.items()},
    }


def say(line: str) -> None:
    """Progress goes to stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main() -> None:
    """Train on all but the held-out concepts and write the model."""
    from safetensors.numpy import save_file

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--esco", type=Path, required=True, help="folder with ESCO's labels")
    parser.add_argument("--out", type=Path, default=MODEL)
    for field in fields(Recipe):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default
        )
    given = vars(parser.parse_args())
    esco, out = given.pop("esco"), given.pop("out")
    known = concepts(esco)
    say(f"{len(known)} concepts")
    teacher = Teacher.of(known, skills(esco), load_settings())
    corpus = Corpus([concept for concept in known if not concept.is_held_out], given["vocabulary"])
    say(f"{len(corpus.texts)} texts, {len(corpus.vocabulary)} n-grams")
    weights = fit(corpus, teacher, Recipe(**given))
    out.parent.mkdir(parents=True, exist_ok=True)
    save_file(weights, out)
    say(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
