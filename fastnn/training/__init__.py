"""The loops of fit, evaluate and predict.

goal          what `compile` was told, made fit for a plan
execution     how `compile` wants steps to be run
settings      the numbers of a call of `fit`, checked
limits        what `fastnn.config` allows at most
inputs        what a user passes in -> checked arrays
sources       the same -> where the steps of a call come from
feeds         steps on arrays at hand, or on a stream of batches
plans         the plans of a model, kept and rebuilt when something changed
steps         runs the steps of an epoch in chunks
pace          how long a chunk is and on how many threads it runs
fit           training
evaluate      evaluation
predict       prediction
whole_batch   prediction where rows depend on one another
python_steps  steps that a model's own methods make
gradients     gradients for such steps
loss_tracker  the running loss, as a metric
nonfinite     finds where a loss that is not finite comes from
state         all that a training goes on from after its process was killed
profile       the measured time of each operation
"""
