"""Every name of Keras 3.15.1 that a dense network needs is there.

The lists are Keras's public names, room by room, without those of convolutions, of
recurrence, attention, images, sound, texts, and of several devices.
"""

import importlib

import pytest

NAMES = {
    "activations": """
        celu deserialize elu exponential gelu get glu hard_shrink hard_sigmoid hard_silu
        hard_swish hard_tanh leaky_relu linear log_sigmoid log_softmax mish relu relu6
        selu serialize sigmoid silu soft_shrink softmax softplus softsign sparse_plus
        sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold
    """,
    "callbacks": """
        BackupAndRestore CSVLogger Callback CallbackList EarlyStopping History
        LambdaCallback LearningRateScheduler ModelCheckpoint ProgbarLogger
        ReduceLROnPlateau RemoteMonitor SwapEMAWeights TensorBoard TerminateOnNaN
    """,
    "config": """
        backend disable_interactive_logging dtype_policy enable_interactive_logging
        epsilon floatx image_data_format is_interactive_logging_enabled max_epochs
        max_steps_per_epoch set_dtype_policy set_epsilon set_floatx
        set_image_data_format set_max_epochs set_max_steps_per_epoch
    """,
    "constraints": """
        Constraint MaxNorm MinMaxNorm NonNeg UnitNorm deserialize get max_norm
        min_max_norm non_neg serialize unit_norm
    """,
    "dtype_policies": "DTypePolicy get",
    "initializers": """
        Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity
        IdentityInitializer Initializer LecunNormal LecunUniform Ones Orthogonal
        OrthogonalInitializer RandomNormal RandomUniform TruncatedNormal VarianceScaling
        Zeros constant deserialize get glorot_normal glorot_uniform he_normal he_uniform
        identity lecun_normal lecun_uniform ones orthogonal random_normal random_uniform
        serialize truncated_normal variance_scaling zeros
    """,
    "layers": """
        Activation ActivityRegularization AlphaDropout BatchNormalization
        CategoryEncoding Dense Discretization Dropout ELU Embedding Flatten
        GaussianDropout GaussianNoise GroupNormalization HashedCrossing Hashing Identity
        Input InputLayer IntegerLookup Lambda Layer LayerNormalization LeakyReLU Masking
        Normalization PReLU Permute RMSNormalization ReLU RepeatVector Rescaling Reshape
        Softmax SpectralNormalization StringLookup UnitNormalization deserialize
        serialize
    """,
    "losses": """
        BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy
        CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy CategoricalHinge
        Circle CosineSimilarity Dice Hinge Huber KLDivergence LogCosh Loss
        MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
        MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge
        Tversky binary_crossentropy binary_focal_crossentropy categorical_crossentropy
        categorical_focal_crossentropy categorical_generalized_cross_entropy
        categorical_hinge circle cosine_similarity ctc deserialize dice get hinge huber
        kl_divergence log_cosh mean_absolute_error mean_absolute_percentage_error
        mean_squared_error mean_squared_logarithmic_error poisson serialize
        sparse_categorical_crossentropy squared_hinge tversky
    """,
    "metrics": """
        AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy
        CategoricalCrossentropy CategoricalHinge ConcordanceCorrelation CosineSimilarity
        F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence
        LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU
        MeanMetricWrapper MeanSquaredError MeanSquaredLogarithmicError Metric OneHotIoU
        OneHotMeanIoU PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score
        Recall RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity
        SparseCategoricalAccuracy SparseCategoricalCrossentropy
        SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum
        TopKCategoricalAccuracy TrueNegatives TruePositives binary_accuracy
        categorical_accuracy deserialize get serialize sparse_categorical_accuracy
        sparse_top_k_categorical_accuracy top_k_categorical_accuracy
    """,
    "models": "Model Sequential clone_model model_from_json",
    "optimizers": """
        Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer
        MultiOptimizer Muon Nadam Optimizer RMSprop SGD ScheduleFreeAdamW deserialize
        get schedules serialize
    """,
    "optimizers.schedules": """
        CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay
        LearningRateSchedule PiecewiseConstantDecay PolynomialDecay deserialize
        serialize
    """,
    "random": """
        SeedGenerator beta binomial categorical dropout gamma normal randint shuffle
        truncated_normal uniform
    """,
    "regularizers": """
        L1 L1L2 L2 OrthogonalRegularizer Regularizer deserialize get l1 l1_l2 l2
        orthogonal_regularizer serialize
    """,
    "saving": """
        CustomObjectScope custom_object_scope deserialize_keras_object
        get_custom_objects get_registered_name get_registered_object
        register_keras_serializable serialize_keras_object
    """,
    "utils": """
        CustomObjectScope Progbar PyDataset Sequence clear_session custom_object_scope
        deserialize_keras_object disable_interactive_logging enable_interactive_logging
        get_custom_objects get_registered_name get_registered_object
        is_interactive_logging_enabled model_to_dot normalize pack_x_y_sample_weight
        pad_sequences plot_model register_keras_serializable serialize_keras_object
        set_random_seed split_dataset standardize_dtype to_categorical
        unpack_x_y_sample_weight
    """,
    "": """
        DTypePolicy Initializer Input Layer Loss Metric Model Optimizer Regularizer
        Sequential Variable activations callbacks config constraints datasets
        dtype_policies initializers layers losses metrics models optimizers random
        regularizers saving utils
    """,
}
ROOMS = {
    "fastnn" + (f".{room}" if room else ""): names for room, names in NAMES.items()
}


@pytest.mark.parametrize("room", ROOMS)
def test_names(room):
    module = importlib.import_module(room)
    missing = [name for name in ROOMS[room].split() if not hasattr(module, name)]
    assert missing == []


@pytest.mark.parametrize("room", ROOMS)
def test_what_is_listed_is_there(room):
    module = importlib.import_module(room)
    listed = set(module.__all__)
    assert [name for name in listed if not hasattr(module, name)] == []
    assert len(module.__all__) == len(listed)


def test_a_name_that_there_is_not_says_so():
    module = importlib.import_module("fastnn.initializers")
    with pytest.raises(AttributeError, match="convolutions"):
        _ = module.STFTInitializer
    with pytest.raises(AttributeError, match="nothing"):
        _ = module.nothing
