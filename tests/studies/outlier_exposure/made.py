"""Settings of a tiny study against outliers, and made-up records of it."""

from ssad_lib.record import Record, TaskResult

SETTINGS = {
    "image_set": "street-digits",
    "images_per_class": 24,
    "test_images_per_class": 6,
    "size": 16,
    "normal_classes": [0, 1, 2],
    "seeds": [0, 1],
    "precision": "float32",
    "outliers": "street-letters",
    "outlier_split": "train",
    "outlier_images_per_class": 3,
    "allow_overlap": False,
    "oe_network": "auto",
    "oe_width": 2,
    "oe_epochs": 1,
    "oe_batch_size": 16,
    "oe_learning_rate": 0.01,
    "oe_augmented": True,
    "sizes": [1, 8, 0],
    "class_counts": [1, 4, 0],
    "case_class": 1,
    "case_outlier": "b",
    "case_seeds": [0, 1, 2],
    "blurs": [0, 1, 4],
    "blurred_images": 8,
    "gammas": [0.0, 2.0],
}


def record(spec, auc):
    task = TaskResult("one-vs-rest", "rest", auc, auc, 6, 54)
    return Record(spec, (task,), (1.0,), {"seconds": 1.0})
