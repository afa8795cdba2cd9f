"""What a page calls each folder of results/ that holds records, and which are judged as one."""

# Grids of paper 000; "-cases" beside "-grid" holds single classes.
GRIDS = {
    "CIFAR-10, reduced": "cifar10-grid",
    "Fashion-MNIST, reduced": "fashion-grid",
    "MNIST, reduced": "mnist-grid",
    "the paper's budget": "paper",
}
# The rows of one model in Table 1, nearer to the paper's budget; no claim rests on them alone.
ROWS = {"CIFAR-10, DAE alone": "cifar10-reduced"}
TUNED = {  # chapter of paper 001: its folders, as above
    "self-tuning/demonstration": {"carpet, three seeds": "carpet-demonstration"},
    "self-tuning/table-1": {
        "magnetic tile, reduced": "magnetic-tile-defects",
        "five photographed surfaces, reduced": "photographed-defects",
    },
    "self-tuning/table-2": {
        "MNIST turned, reduced": "mnist-rotation",
        "digits turned, three seeds": "digits-rotation",
    },
}
EXPOSED = {  # paper 003: all of its chapters share a folder, as far as they share a budget
    "CIFAR-10 against CIFAR-100, reduced": "cifar10-outliers",
    "MNIST against letters, reduced": "mnist-outliers",
}
# Paper 004: all of its chapters share a folder, too.
SIMULATED = {"simulations on photographs, reduced": "photographed-simulations"}
ALIGNED = "table-2-mmd"  # folder of the MMD that a trained encoder sees, by image set
# Claims about several image sets are judged on all of them: clusters are classes of each set.
POOLS = {
    "CIFAR-10, Fashion-MNIST and MNIST, reduced": (
        "CIFAR-10, reduced",
        "Fashion-MNIST, reduced",
        "MNIST, reduced",
    ),
    "CIFAR-10 and MNIST against outliers, reduced": tuple(EXPOSED),
}
