"""The compiler: from descriptions to a program that the engine runs.

builder     records what layers say
lowering    puts forward pass, loss, metrics, backward pass and update in a row
gradients   the backward rule of each operation
fusion      rewrites that merge neighbours
memory      where tensors lie
binding     addresses and machine code
report      prints a plan
"""
