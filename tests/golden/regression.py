"""The model regression, compiled by nndsl."""

from nndsl.kernels import (
    absolute,
    draw_uniform,
    entry,
    f4,
    f8,
    flush_denormals,
    gather_rows,
    gemm,
    isfinite,
    kernel,
    meet,
    rare,
    restore_denormals,
    tanh,
    view,
    where,
)

GEMM = 0
COMPUTE_KERNEL = 1
COMPUTE_KERNEL_2 = 2
COMPUTE_BIAS = 3
COMPUTE_KERNEL_3 = 4
COMPUTE_OUTPUT = 5
COMPUTE_Y_SUM = 6
COMPUTE_SUM_OBJECTIVE = 7
COMPUTE_SUM = 8
COMPUTE_MAE_SUM_MAE_COUNT = 9
COMPUTE_D_SUM = 10
COMPUTE_D_LOSS_D_Y_D_BIAS = 11
COMPUTE_D_Z_D_BIAS = 12
COMPUTE_LEARNING = 13
COMPUTE_KERNEL_M_KERNEL = 14
COMPUTE_Y = 15
COMPUTE_MAE_RESULT = 16
MEET = 17

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_OUTPUT: (4, (4, 5), ((1, (5,)), (3, (5,)))),
    COMPUTE_Y_SUM: (6, (6, 7), ((1, ()), (3, ()), (4, ()), (5, ()))),
    COMPUTE_SUM: (4, (4,), ((1, ()), (2, ()), (3, ()))),
    COMPUTE_KERNEL_M_KERNEL: (5, (5,), ((2, ()), (3, ()), (4, ()))),
}


@rare
def compute_kernel(kernel, j_size, stream, seed, step):
    # kernel[i,j] = uniform()    library/layers.nn
    for j in range(j_size):
        kernel[j] = f4(draw_uniform(seed, step, stream, j))


@rare
def compute_kernel_2(kernel, j_size):
    # kernel[i,j] = -0.5 + kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.5) + kernel[j]
        kernel[j] = v0


@rare
def compute_bias(bias, i_size):
    # bias[i] = 0    library/layers.nn
    for i in range(i_size):
        bias[i] = f4(0)


@rare
def compute_kernel_3(kernel, j_size):
    # kernel[i,j] = -0.5345224838248488 + 1.0690449676496976 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.5345224838248488) + f4(1.0690449676496976) * kernel[j]
        kernel[j] = v0


@kernel
def compute_output(z, bias, output, n_size, u_size):
    # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            output[n * u_size + u] = tanh(z[n * u_size + u] + bias[u])


@kernel
def compute_y_sum(z, bias, y, y_2, sum, n_size, u_size):
    # y[n,u] = z[n,u] + bias[u]    library/layers.nn
    # sum[n] = Σ_k (target.y[n,k] - y[n,k]) · (target.y[n,k] - y[n,k])    library/losses.nn
    for n in range(n_size):
        for u in range(u_size):
            y[n + u] = z[n + u] + bias[u]
        v0 = f4(0)
        v1 = y_2[n + 0]
        v2 = y[n + 0]
        v0 += (v1 - v2) * (v1 - v2)
        sum[n] = v0


@kernel
def compute_sum_objective(sample_weight, sum, sum_2, objective, n_size, batch):
    # objective.sum = Σ_n sample weight[n] · loss.sum[n]    regression.nn:8
    # objective = sum / batch    regression.nn:8
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * sum[n]
    sum_2[0] = v0
    objective[0] = v0 / f4(batch)


@kernel
def compute_sum(y, y_2, sum, n_size):
    # sum[n] = Σ_k abs(target.y[n,k] - y[n,k])    library/losses.nn
    for n in range(n_size):
        v0 = f4(0)
        v0 += absolute(y[n + 0] - y_2[n + 0])
        sum[n] = v0


@kernel
def compute_mae_sum_mae_count(sample_weight, sum, mae_sum, mae_count, n_size):
    # mae sum += Σ_n sample weight[n] · sum[n]    regression.nn:10
    # mae count += Σ_n sample weight[n]    regression.nn:10
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * sum[n]
    mae_sum[0] += v0
    v1 = f4(0)
    for n in range(n_size):
        v1 += sample_weight[n]
    mae_count[0] += v1


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / batch    regression.nn:8 adjoint of objective
    d_sum[0] = f4(1) / f4(batch)


@kernel
def compute_d_loss_d_y_d_bias(d_bias, d_sum, sample_weight, d_loss, y, y_2, d_y, k_size, n_size):
    # ∂loss[n] = ∂sum · sample weight[n]    regression.nn:8 adjoint of objective.sum
    # ∂y[n,k] = ∂loss[n] · -2 · (target.y[n,k] - y[n,k])    library/losses.nn adjoint of loss.sum
    # ∂bias[u] = Σ_n ∂y[n,u]    library/layers.nn adjoint of y
    for k in range(k_size):
        d_bias[k] = f4(0)
    v0 = d_sum[0]
    for n in range(n_size):
        d_loss[n] = v0 * sample_weight[n]
        v1 = d_loss[n]
        for k in range(k_size):
            v2 = v1 * (f4(-2) * (y[n + k] - y_2[n + k]))
            d_y[n + k] = v2
            d_bias[k] += v2


@kernel
def compute_d_z_d_bias(d_bias, output, d_output, d_z, u_size, n_size):
    # ∂z[n,u] = ∂output[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
    #     dense_1.output
    # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of dense_1.output
    for u in range(u_size):
        d_bias[u] = f4(0)
    for n in range(n_size):
        for u in range(u_size):
            v0 = output[n * u_size + u]
            v1 = d_output[n * u_size + u] * (f4(1) - v0 * v0)
            d_z[n * u_size + u] = v1
            d_bias[u] += v1


@kernel
def compute_learning(learning, rate):
    # learning = 0.01 · rate    library/every/optimizer.nn
    learning[0] = f4(0.01) * f4(rate)


@kernel
def compute_kernel_m_kernel(learning, kernel_m, d_kernel, kernel, j_size):
    # kernel:m[i,j] = 0.9 · kernel:m[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
    # kernel[i,j] = kernel[i,j] + 0.9 · kernel:m[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
    v0 = learning[0]
    for j in range(j_size):
        v1 = kernel_m[j]
        v2 = d_kernel[j]
        v3 = f4(0.9) * v1 - v0 * v2
        kernel_m[j] = v3
        v4 = kernel[j] + f4(0.9) * v3 - v0 * v2
        kernel[j] = v4


@kernel
def compute_y(z, bias, y, n_size, u_size):
    # y[n,u] = z[n,u] + bias[u]    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            y[n + u] = z[n + u] + bias[u]


@rare
def compute_mae_result(mae_count, mae_sum, mae_result):
    # mae result = mae sum / where(mae count == 0, 1, mae count)    regression.nn:10
    v0 = mae_count[0]
    mae_result[0] = mae_sum[0] / where(v0 == f8(0), f8(1), v0)


@entry
def initial(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of initial or begin."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_KERNEL:
            compute_kernel(view(real, row[1]), row[2], row[3], seed, step)
        elif operation == COMPUTE_KERNEL_2:
            compute_kernel_2(view(real, row[1]), row[2])
        elif operation == COMPUTE_BIAS:
            compute_bias(view(real, row[1]), row[2])
        elif operation == COMPUTE_KERNEL_3:
            compute_kernel_3(view(real, row[1]), row[2])
    restore_denormals(word)


def initial_rows(at, batch):
    """The operations of `initial`, in order."""
    return [
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_1_kernel, 80, 1000001),
        # kernel[i,j] = -0.5 + kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_2, at.dense_1_kernel, 80),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_1_bias, 20),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_2_kernel, 20, 1000002),
        # kernel[i,j] = -0.5345224838248488 + 1.0690449676496976 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_3, at.dense_2_kernel, 20),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_2_bias, 1),
    ]


def begin_rows(at, batch):
    """The operations of `begin`, in order."""
    return [
        # kernel:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_kernel_m, 80),
        # bias:m[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_bias_m, 20),
        # kernel:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_2_kernel_m, 20),
        # bias:m[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_2_bias_m, 1),
    ]


@entry
def learn(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of learn or update."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_Y_SUM:
            compute_y_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                          view(real, row[5]), row[6], row[7])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
        elif operation == COMPUTE_SUM:
            compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_MAE_SUM_MAE_COUNT:
            compute_mae_sum_mae_count(view(real, row[1]), view(real, row[2]), view(total, row[3]), view(total, row[4]),
                                      row[5])
        elif operation == COMPUTE_D_SUM:
            compute_d_sum(view(real, row[1]), batch)
        elif operation == COMPUTE_D_LOSS_D_Y_D_BIAS:
            compute_d_loss_d_y_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9])
        elif operation == COMPUTE_D_Z_D_BIAS:
            compute_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5],
                               row[6])
        elif operation == COMPUTE_LEARNING:
            compute_learning(view(real, row[1]), rate)
        elif operation == COMPUTE_KERNEL_M_KERNEL:
            compute_kernel_m_kernel(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                    row[5])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 20, 4, at.x, 4, at.dense_1_kernel, 20, 0, at.dense_1_z, 20),
        # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_1_z, at.dense_1_bias, at.dense_1_output, batch, 20),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 20, at.dense_1_output, 20, at.dense_2_kernel, 1, 0, at.dense_2_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_k (target.y[n,k] - y[n,k]) · (target.y[n,k] - y[n,k])    library/losses.nn
        (COMPUTE_Y_SUM, at.dense_2_z, at.dense_2_bias, at.y, at.target_y, at.loss_sum, batch, 1),
        # objective.sum = Σ_n sample weight[n] · loss.sum[n]    regression.nn:8
        # objective = sum / batch    regression.nn:8
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss_sum, at.objective_sum, at.objective, batch),
        # sum[n] = Σ_k abs(target.y[n,k] - y[n,k])    library/losses.nn
        (COMPUTE_SUM, at.target_y, at.y, at.mae_sum, batch),
        # mae sum += Σ_n sample weight[n] · sum[n]    regression.nn:10
        # mae count += Σ_n sample weight[n]    regression.nn:10
        (COMPUTE_MAE_SUM_MAE_COUNT, at.sample_weight, at.mae_sum, at.mae_sum_2, at.mae_count, batch),
        # ∂sum = 1 / batch    regression.nn:8 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂loss[n] = ∂sum · sample weight[n]    regression.nn:8 adjoint of objective.sum
        # ∂y[n,k] = ∂loss[n] · -2 · (target.y[n,k] - y[n,k])    library/losses.nn adjoint of loss.sum
        # ∂bias[u] = Σ_n ∂y[n,u]    library/layers.nn adjoint of y
        (COMPUTE_D_LOSS_D_Y_D_BIAS, at.d_dense_2_bias, at.d_objective_sum, at.sample_weight, at.d_loss, at.target_y,
         at.y, at.d_y, 1, batch),
        # ∂output[n,i] = Σ_u ∂y[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_2.z
        (GEMM, 0, 1, batch, 20, 1, at.d_y, 1, at.dense_2_kernel, 1, 0, at.d_dense_1_output, 20),
        # ∂kernel[i,u] = Σ_n ∂y[n,u] · output[n,i]    library/layers.nn adjoint of dense_2.z
        (GEMM, 1, 0, 20, 1, batch, at.dense_1_output, 20, at.d_y, 1, 0, at.d_dense_2_kernel, 1),
        # ∂z[n,u] = ∂output[n,u] · (1 - output[n,u] · output[n,u])    library/layers.nn adjoint of
        #     dense_1.output
        # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of dense_1.output
        (COMPUTE_D_Z_D_BIAS, at.d_dense_1_bias, at.dense_1_output, at.d_dense_1_output, at.d_dense_1_z, 20, batch),
        # ∂kernel[i,u] = Σ_n ∂z[n,u] · x[n,i]    library/layers.nn adjoint of dense_1.z
        (GEMM, 1, 0, 4, 20, batch, at.x, 4, at.d_dense_1_z, 20, 0, at.d_dense_1_kernel, 20),
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # learning = 0.01 · rate    library/every/optimizer.nn
        (COMPUTE_LEARNING, at.learning),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        # kernel[i,j] = kernel[i,j] + 0.9 · kernel:m[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL, at.learning, at.dense_1_kernel_m, at.d_dense_1_kernel, at.dense_1_kernel, 80),
        # bias:m[i] = 0.9 · bias:m[i] - learning · ∂bias[i]    library/optimizers.nn
        # bias[i] = bias[i] + 0.9 · bias:m[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL, at.learning, at.dense_1_bias_m, at.d_dense_1_bias, at.dense_1_bias, 20),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        # kernel[i,j] = kernel[i,j] + 0.9 · kernel:m[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL, at.learning, at.dense_2_kernel_m, at.d_dense_2_kernel, at.dense_2_kernel, 20),
        # bias:m[i] = 0.9 · bias:m[i] - learning · ∂bias[i]    library/optimizers.nn
        # bias[i] = bias[i] + 0.9 · bias:m[i] - learning · ∂bias[i]    library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL, at.learning, at.dense_2_bias_m, at.d_dense_2_bias, at.dense_2_bias, 1),
    ]


@entry
def assess(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of assess."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_Y_SUM:
            compute_y_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                          view(real, row[5]), row[6], row[7])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
        elif operation == COMPUTE_SUM:
            compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_MAE_SUM_MAE_COUNT:
            compute_mae_sum_mae_count(view(real, row[1]), view(real, row[2]), view(total, row[3]), view(total, row[4]),
                                      row[5])
    restore_denormals(word)


def assess_rows(at, batch):
    """The operations of `assess`, in order."""
    return [
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 20, 4, at.x, 4, at.dense_1_kernel, 20, 0, at.dense_1_z, 20),
        # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_1_z, at.dense_1_bias, at.dense_1_output, batch, 20),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 20, at.dense_1_output, 20, at.dense_2_kernel, 1, 0, at.dense_2_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_k (target.y[n,k] - y[n,k]) · (target.y[n,k] - y[n,k])    library/losses.nn
        (COMPUTE_Y_SUM, at.dense_2_z, at.dense_2_bias, at.y, at.target_y, at.loss_sum, batch, 1),
        # objective.sum = Σ_n sample weight[n] · loss.sum[n]    regression.nn:8
        # objective = sum / batch    regression.nn:8
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss_sum, at.objective_sum, at.objective, batch),
        # sum[n] = Σ_k abs(target.y[n,k] - y[n,k])    library/losses.nn
        (COMPUTE_SUM, at.target_y, at.y, at.mae_sum, batch),
        # mae sum += Σ_n sample weight[n] · sum[n]    regression.nn:10
        # mae count += Σ_n sample weight[n]    regression.nn:10
        (COMPUTE_MAE_SUM_MAE_COUNT, at.sample_weight, at.mae_sum, at.mae_sum_2, at.mae_count, batch),
    ]


@entry
def forward(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of forward."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_Y:
            compute_y(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 20, 4, at.x, 4, at.dense_1_kernel, 20, 0, at.dense_1_z, 20),
        # output[n,u] = tanh(z[n,u] + bias[u])    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_1_z, at.dense_1_bias, at.dense_1_output, batch, 20),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 20, at.dense_1_output, 20, at.dense_2_kernel, 1, 0, at.dense_2_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        (COMPUTE_Y, at.dense_2_z, at.dense_2_bias, at.y, batch, 1),
    ]


@entry
def finish(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of finish."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_MAE_RESULT:
            compute_mae_result(view(total, row[1]), view(total, row[2]), view(total, row[3]))
    restore_denormals(word)


def finish_rows(at, batch):
    """The operations of `finish`, in order."""
    return [
        # mae result = mae sum / where(mae count == 0, 1, mae count)    regression.nn:10
        (COMPUTE_MAE_RESULT, at.mae_count, at.mae_sum_2, at.mae_result),
    ]


@entry
def train(real, whole, total, rows, short_rows, split, short_split, places, order, start, stop, size, step, seed, rate,
          meeting, thread, threads, all_x, all_target_y, all_sample_weight):
    """Train on the samples order[start:stop], `size` at a time; gives how far it came and the updates so far.

    Rows before the split find the loss and its gradients, the others update; a loss that is not finite ends it.
    Each of the `threads` has rows of its own; where they must wait for each other, they meet.
    """
    word = flush_denormals()
    done = start
    finite = True
    while finite and done < stop:
        batch = min(size, stop - done)
        first, last = batch * thread // threads, batch * (thread + 1) // threads
        todo, until = (rows, split) if batch == size else (short_rows, short_split)
        gather_rows(all_x, order, done + first, last - first,
                    view(real, places[1] + first * all_x.shape[1]))
        gather_rows(all_target_y, order, done + first, last - first,
                    view(real, places[2] + first * all_target_y.shape[1]))
        gather_rows(all_sample_weight, order, done + first, last - first,
                    view(real, places[3] + first * all_sample_weight.shape[1]))
        for position in range(todo.shape[0]):
            if position == until and not isfinite(real[places[0]]):
                finite = False
                break
            row = todo[position]
            operation = row[0]
            if operation == GEMM:
                gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                     row[10], view(real, row[11]), row[12])
            elif operation == COMPUTE_OUTPUT:
                compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
            elif operation == COMPUTE_Y_SUM:
                compute_y_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), row[6], row[7])
            elif operation == COMPUTE_SUM_OBJECTIVE:
                compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      row[5], batch)
            elif operation == COMPUTE_SUM:
                compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == COMPUTE_MAE_SUM_MAE_COUNT:
                compute_mae_sum_mae_count(view(real, row[1]), view(real, row[2]), view(total, row[3]),
                                          view(total, row[4]), row[5])
            elif operation == COMPUTE_D_SUM:
                compute_d_sum(view(real, row[1]), batch)
            elif operation == COMPUTE_D_LOSS_D_Y_D_BIAS:
                compute_d_loss_d_y_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                          view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                          view(real, row[7]), row[8], row[9])
            elif operation == COMPUTE_D_Z_D_BIAS:
                compute_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   row[5], row[6])
            elif operation == COMPUTE_LEARNING:
                compute_learning(view(real, row[1]), rate)
            elif operation == COMPUTE_KERNEL_M_KERNEL:
                compute_kernel_m_kernel(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                        row[5])
            elif operation == MEET:
                meet(meeting, threads)
        if finite:
            if thread == 0:
                total[0] += real[places[0]] * batch
                total[1] += batch
            step += 1
            done += batch
    restore_denormals(word)
    return done, step
