"""The same trainings as bench/training.mjs, in Python's TensorFlow on the CPU: a generator iteration is one tf.function.

Started by bench/training.mjs or methods.mjs with its job as the one argument (JSON); see support/turns.py for the conversation. Written as
fast as TensorFlow lets one write it: noise and batches are made inside the graph, optimisers are its fused kernels, and
real and fake samples are one batch of the critic where no batch norm couples them.
"""

import json
import os
import sys

job = json.loads(sys.argv[1])
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402  (its variables are read when it is loaded)

from support.turns import take_turns  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(job["threads"])
tf.config.threading.set_inter_op_parallelism_threads(job.get("inter_op", 1))
tf.random.set_seed(1)
random = np.random.default_rng(1)

shape, batch, z_dim = job["shape"], job["batch"], job["z_dim"]
penalised = "penalty" in job


class Parameters:
    """Makes a network's variables, and keeps them with the optimiser's."""

    def __init__(self):
        self.all, self.slots = [], []

    def new(self, size, mean=0.0, deviation=0.02):
        values = random.normal(mean, deviation, size) if deviation else np.full(size, mean)
        variable = tf.Variable(values.astype(np.float32))
        self.all.append(variable)
        self.slots.append([tf.Variable(tf.zeros_like(variable)) for _ in range(2)])
        return variable

    def follow(self, gradients):
        """RMSProp by TensorFlow's kernel."""
        for variable, (square, momentum), gradient in zip(self.all, self.slots, gradients):
            tf.raw_ops.ResourceApplyRMSProp(
                var=variable.handle,
                ms=square.handle,
                mom=momentum.handle,
                lr=job["lr"],
                rho=0.99,
                momentum=0.0,
                epsilon=1e-8,
                grad=gradient,
            )


def mlp(parameters, inputs, hidden, outputs):
    widths = [inputs, *hidden, outputs]
    layers = [
        (parameters.new([a, b], deviation=a**-0.5), parameters.new([b], deviation=0.0))
        for a, b in zip(widths, widths[1:])
    ]

    def forward(x):
        for weights, bias in layers[:-1]:
            x = tf.nn.relu(tf.nn.bias_add(x @ weights, bias))
        weights, bias = layers[-1]
        return tf.nn.bias_add(x @ weights, bias)

    return forward


def batch_norm(parameters, channels):
    scale, offset = parameters.new([channels], mean=1.0), parameters.new([channels], deviation=0.0)
    return lambda x: tf.compat.v1.nn.fused_batch_norm(x, scale, offset, epsilon=1e-5, is_training=True)[0]


def dcgan_generator(parameters, features, side, channels):
    halvings = (side // 4).bit_length() - 1
    wide = features * 2 ** (halvings - 1)
    project, first = parameters.new([z_dim, 16 * wide]), batch_norm(parameters, wide)
    levels = []
    for level in range(1, halvings):
        a = wide // 2 ** (level - 1)
        levels.append((parameters.new([4, 4, a // 2, a]), batch_norm(parameters, a // 2)))
    last = parameters.new([4, 4, channels, features])

    def doubled(x, filters):
        height, width = 2 * x.shape[1], 2 * x.shape[2]
        return tf.nn.conv2d_transpose(x, filters, [batch, height, width, filters.shape[2]], 2, "SAME")

    def forward(z):
        x = tf.nn.relu(first(tf.reshape(z @ project, [batch, 4, 4, wide])))
        for filters, norm in levels:
            x = tf.nn.relu(norm(doubled(x, filters)))
        return tf.tanh(doubled(x, last))

    return forward


def dcgan_critic(parameters, features, side, channels):
    halvings = (side // 4).bit_length() - 1
    first = parameters.new([4, 4, channels, features])
    levels = []
    for level in range(1, halvings):
        b = features * 2 ** (level - 1)
        # A penalised critic has no batch norm.
        norm = (lambda x: x) if penalised else batch_norm(parameters, 2 * b)
        levels.append((parameters.new([4, 4, b, 2 * b]), norm))
    last = parameters.new([16 * features * 2 ** (halvings - 1), 1])

    def forward(x):
        x = tf.nn.leaky_relu(tf.nn.conv2d(x, first, 2, "SAME"), 0.2)
        for filters, norm in levels:
            x = tf.nn.leaky_relu(norm(tf.nn.conv2d(x, filters, 2, "SAME")), 0.2)
        return tf.reshape(x, [x.shape[0], -1]) @ last

    return forward


of_generator, of_critic = Parameters(), Parameters()
if "hidden" in job:
    generator = mlp(of_generator, z_dim, job["hidden"], shape[0])
    critic = mlp(of_critic, shape[0], job["hidden"], 1)
else:
    generator = dcgan_generator(of_generator, job["features"], shape[0], shape[2])
    critic = dcgan_critic(of_critic, job["features"], shape[0], shape[2])
couples_batch = "hidden" not in job and not penalised

data = tf.constant(random.standard_normal([job["samples"], *shape], dtype=np.float32))
order, position = random.permutation(job["samples"]), 0


def indices():
    global order, position
    if position + batch > job["samples"]:
        order, position = random.permutation(job["samples"]), 0
    position += batch
    return order[position - batch : position]


def noise():
    return tf.random.normal([batch, z_dim])


def scores(real, fake):
    if couples_batch:
        return critic(real), critic(fake)
    return tf.split(critic(tf.concat([real, fake], 0)), 2)


def penalty(real, fake):
    """arXiv 1704.00028, Algorithm 1."""
    share = tf.random.uniform([batch] + [1] * len(shape))
    between = share * real + (1 - share) * fake
    with tf.GradientTape() as tape:
        tape.watch(between)
        total = tf.reduce_sum(critic(between))
    slopes = tf.reshape(tape.gradient(total, between), [batch, -1])
    return tf.reduce_mean((tf.sqrt(tf.reduce_sum(slopes**2, 1)) - 1) ** 2)


@tf.function
def iteration(rows):
    for step in range(job["critic_iterations"]):
        fake = generator(noise())
        real = tf.gather(data, rows[step])
        with tf.GradientTape() as tape:
            of_real, of_fake = scores(real, fake)
            critic_loss = tf.reduce_mean(of_fake) - tf.reduce_mean(of_real)
            if penalised:
                critic_loss += job["penalty"] * penalty(real, fake)
        gradients = tape.gradient(critic_loss, of_critic.all, unconnected_gradients="zero")
        of_critic.follow(gradients)
        if "clip" in job:
            for variable in of_critic.all:
                variable.assign(tf.clip_by_value(variable, *job["clip"]))
    with tf.GradientTape() as tape:
        generator_loss = -tf.reduce_mean(critic(generator(noise())))
    of_generator.follow(tape.gradient(generator_loss, of_generator.all))
    return critic_loss, generator_loss


def iterate():
    rows = np.stack([indices() for _ in range(job["critic_iterations"])]).astype(np.int32)
    critic_loss, generator_loss = iteration(tf.constant(rows))
    return float(critic_loss), float(generator_loss)


take_turns(f"TensorFlow {tf.__version__}", iterate)
