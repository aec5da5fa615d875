"""The compiler: from descriptions to a program that the engine runs.

builder     records what layers say
lowering    puts forward pass, loss, metrics, backward pass and update in a row
row_losses  losses and metrics, one value for each row
rules       forward and backward of each kind of operation
gradients   the backward pass, by those rules
update      what the optimizer does to the weights at the end of a step
fusion      rewrites that merge neighbours
sharing     how threads share operations, and where they meet
memory      where tensors lie
binding     addresses and machine code
report      prints a plan
"""
