"""The article's program: a network of 784-32-10 units reads handwritten digits.

    python examples/article.py

MNIST is read from FASTNN_DATA_DIR/mnist, or downloaded once (12 MB).
"""

import argparse

from fastnn.datasets import mnist
from fastnn.layers import Dense
from fastnn.models import Sequential
from fastnn.optimizers import Adam
from fastnn.utils import set_random_seed, to_categorical


def main():
    options = parse_options()
    set_random_seed(options.seed)

    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    x_train = x_train.reshape(-1, 784)[: options.rows].astype("float32") / 255
    x_test = x_test.reshape(-1, 784).astype("float32") / 255
    y_train = to_categorical(y_train[: options.rows], 10)
    y_test = to_categorical(y_test, 10)

    model = Sequential()
    model.add(Dense(32, activation="relu", input_dim=784))
    model.add(Dense(10, activation="softmax"))
    model.compile(
        optimizer=Adam(lr=0.001),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, epochs=options.epochs, batch_size=32)

    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"test loss {loss:.4f}, test accuracy {accuracy:.2%}")


def parse_options():
    parser = argparse.ArgumentParser(description="The article's network on MNIST.")
    parser.add_argument("--epochs", type=int, default=10, help="epochs (10)")
    parser.add_argument("--rows", type=int, default=60000, help="training rows (60000)")
    parser.add_argument("--seed", type=int, default=0, help="random seed (0)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
