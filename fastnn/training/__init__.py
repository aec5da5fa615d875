"""The loops of fit, evaluate and predict.

goal       what `compile` was told, made fit for a plan
plans      the plans of a model, kept and rebuilt when something changed
inputs     what a user passes in -> checked arrays
steps      runs the steps of an epoch in chunks
pace       how long a chunk is and on how many threads it runs
nonfinite  finds where a loss that is not finite comes from
fit        training
evaluate   evaluation
predict    prediction
"""
