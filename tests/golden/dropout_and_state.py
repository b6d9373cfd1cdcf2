"""The model dropout_and_state, compiled by nndsl."""

from nndsl.kernels import (
    absolute,
    clip,
    draw_uniform,
    entry,
    f4,
    flush_denormals,
    gather_rows,
    gemm,
    isfinite,
    kernel,
    meet,
    rare,
    restore_denormals,
    sigmoid,
    sign,
    softplus,
    view,
    where,
)

GEMM = 0
COMPUTE_MEAN_SO_FAR = 1
COMPUTE_KERNEL = 2
COMPUTE_KERNEL_2 = 3
COMPUTE_KERNEL_3 = 4
COMPUTE_SUM = 5
COMPUTE_M = 6
COMPUTE_Y = 7
COMPUTE_OUTPUT = 8
COMPUTE_Y_Y = 9
COMPUTE_Y_SUM = 10
COMPUTE_SUM_OBJECTIVE = 11
COMPUTE_D_SUM = 12
COMPUTE_D_LOSS_D_Y_D_BIAS = 13
COMPUTE_D_OUTPUT_D_Z_D_BIAS = 14
COMPUTE_MEAN_SO_FAR_2 = 15
COMPUTE_LEARNING = 16
COMPUTE_KERNEL_4 = 17
COMPUTE_Y_2 = 18
MEET = 19

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_M: (3, (3,), ((1, ()), (2, ()))),
    COMPUTE_Y: (4, (4, 5), ((1, (5,)), (3, (5,)))),
    COMPUTE_OUTPUT: (4, (4, 5), ((1, (5,)), (3, (5,)))),
    COMPUTE_Y_SUM: (6, (6, 7), ((1, ()), (3, ()), (4, ()), (5, ()))),
    COMPUTE_MEAN_SO_FAR_2: (3, (3,), ((1, ()), (2, ()))),
    COMPUTE_KERNEL_4: (4, (4,), ((2, ()), (3, ()))),
}


@rare
def compute_mean_so_far(mean_so_far, i_size):
    # mean_so_far[i] = 0    dropout_and_state.nn:4
    for i in range(i_size):
        mean_so_far[i] = f4(0)


@rare
def compute_kernel(kernel, j_size, stream, seed, step):
    # kernel[i,j] = uniform()    library/layers.nn
    for j in range(j_size):
        kernel[j] = f4(draw_uniform(seed, step, stream, j))


@rare
def compute_kernel_2(kernel, j_size):
    # kernel[i,j] = -0.7385489458759964 + 1.4770978917519928 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.7385489458759964) + f4(1.4770978917519928) * kernel[j]
        kernel[j] = v0


@rare
def compute_kernel_3(kernel, j_size):
    # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.9258200997725514) + f4(1.8516401995451028) * kernel[j]
        kernel[j] = v0


@kernel
def compute_sum(sum, x, c_size, n_size):
    # sum[c] = Σ_n x[n,c]    dropout_and_state.nn:6
    for c in range(c_size):
        sum[c] = f4(0)
    for n in range(n_size):
        for c in range(c_size):
            sum[c] += x[n * c_size + c]


@kernel
def compute_m(sum, m, c_size, batch):
    # m[c] = sum[c] / batch    dropout_and_state.nn:6
    for c in range(c_size):
        m[c] = sum[c] / f4(batch)


@kernel
def compute_y(x, m, y, n_size, c_size):
    # y[n,c] = x[n,c] - m[c]    dropout_and_state.nn:9
    for n in range(n_size):
        for c in range(c_size):
            y[n * c_size + c] = x[n * c_size + c] - m[c]


@kernel
def compute_output(z, bias, output, n_size, u_size):
    # output[n,u] = softplus(z[n,u] + bias[u])    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            output[n * u_size + u] = softplus(z[n * u_size + u] + bias[u])


@kernel
def compute_y_y(y, output, y_2, n_size, i_size, stream, stride, seed, step):
    # y[n,i] = uniform()    library/layers.nn draw for dropout_1.y
    # dropout_1.y[n,i] = output[n,i] · (draw 1 of dropout_1.y[n,i] < 0.75) / 0.75    library/layers.nn
    for n in range(n_size):
        for i in range(i_size):
            v0 = f4(draw_uniform(seed, step, stream, n * stride + i))
            y[n * i_size + i] = v0
            y_2[n * i_size + i] = output[n * i_size + i] * where(v0 < f4(0.75), f4(1), f4(0)) / f4(0.75)


@kernel
def compute_y_sum(z, bias, y, y_2, sum, n_size, u_size):
    # y[n,u] = z[n,u] + bias[u]    library/layers.nn
    # sum[n] = Σ_k abs(target.y[n,k] - y[n,k])    library/losses.nn
    for n in range(n_size):
        for u in range(u_size):
            y[n + u] = z[n + u] + bias[u]
        v0 = f4(0)
        v0 += absolute(y_2[n + 0] - y[n + 0])
        sum[n] = v0


@kernel
def compute_sum_objective(sample_weight, sum, sum_2, objective, n_size, batch):
    # objective.sum = Σ_n sample weight[n] · loss.sum[n]    dropout_and_state.nn:18
    # objective = sum / batch    dropout_and_state.nn:18
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * sum[n]
    sum_2[0] = v0
    objective[0] = v0 / f4(batch)


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / batch    dropout_and_state.nn:18 adjoint of objective
    d_sum[0] = f4(1) / f4(batch)


@kernel
def compute_d_loss_d_y_d_bias(d_bias, d_sum, sample_weight, d_loss, y, y_2, d_y, k_size, n_size):
    # ∂loss[n] = ∂sum · sample weight[n]    dropout_and_state.nn:18 adjoint of objective.sum
    # ∂y[n,k] = -(∂loss[n] · sign(target.y[n,k] - y[n,k]))    library/losses.nn adjoint of loss.sum
    # ∂bias[u] = Σ_n ∂y[n,u]    library/layers.nn adjoint of y
    for k in range(k_size):
        d_bias[k] = f4(0)
    v0 = d_sum[0]
    for n in range(n_size):
        d_loss[n] = v0 * sample_weight[n]
        v1 = d_loss[n]
        for k in range(k_size):
            v2 = -(v1 * sign(y[n + k] - y_2[n + k]))
            d_y[n + k] = v2
            d_bias[k] += v2


@kernel
def compute_d_output_d_z_d_bias(d_bias, d_y, y, d_output, z, bias, d_z, i_size, n_size):
    # ∂output[n,i] = ∂y[n,i] · 1.3333333333333333 · (y[n,i] < 0.75)    library/layers.nn adjoint of
    #     dropout_1.y
    # ∂z[n,u] = ∂output[n,u] · sigmoid(z[n,u] + bias[u])    library/layers.nn adjoint of dense_1.output
    # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of dense_1.output
    for i in range(i_size):
        d_bias[i] = f4(0)
    for n in range(n_size):
        for i in range(i_size):
            v0 = d_y[n * i_size + i] * (f4(1.3333333333333333) * where(y[n * i_size + i] < f4(0.75), f4(1), f4(0)))
            d_output[n * i_size + i] = v0
            v1 = v0 * sigmoid(z[n * i_size + i] + bias[i])
            d_z[n * i_size + i] = v1
            d_bias[i] += v1


@kernel
def compute_mean_so_far_2(mean_so_far, m, i_size):
    # mean_so_far[i] = 0.9 · mean_so_far[i] + 0.09999999999999998 · m[i]    dropout_and_state.nn:7
    for i in range(i_size):
        v0 = f4(0.9) * mean_so_far[i] + f4(0.09999999999999998) * m[i]
        mean_so_far[i] = v0


@kernel
def compute_learning(learning, rate):
    # learning = 0.01 · rate    library/every/optimizer.nn
    learning[0] = f4(0.01) * f4(rate)


@kernel
def compute_kernel_4(learning, kernel, d_kernel, j_size):
    # kernel[i,j] = kernel[i,j] - learning · clip(∂kernel[i,j], -0.5, 0.5)    library/optimizers.nn
    v0 = learning[0]
    for j in range(j_size):
        v1 = kernel[j] - v0 * clip(d_kernel[j], f4(-0.5), f4(0.5))
        kernel[j] = v1


@kernel
def compute_y_2(z, bias, y, n_size, u_size):
    # y[n,u] = z[n,u] + bias[u]    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            y[n + u] = z[n + u] + bias[u]


@entry
def initial(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of initial or begin."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_MEAN_SO_FAR:
            compute_mean_so_far(view(real, row[1]), row[2])
        elif operation == COMPUTE_KERNEL:
            compute_kernel(view(real, row[1]), row[2], row[3], seed, step)
        elif operation == COMPUTE_KERNEL_2:
            compute_kernel_2(view(real, row[1]), row[2])
        elif operation == COMPUTE_KERNEL_3:
            compute_kernel_3(view(real, row[1]), row[2])
    restore_denormals(word)


def initial_rows(at, batch):
    """The operations of `initial`, in order."""
    return [
        # mean_so_far[i] = 0    dropout_and_state.nn:4
        (COMPUTE_MEAN_SO_FAR, at.running_centre_1_mean_so_far, 5),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_1_kernel, 30, 1000001),
        # kernel[i,j] = -0.7385489458759964 + 1.4770978917519928 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_2, at.dense_1_kernel, 30),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_MEAN_SO_FAR, at.dense_1_bias, 6),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_2_kernel, 6, 1000002),
        # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_3, at.dense_2_kernel, 6),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_MEAN_SO_FAR, at.dense_2_bias, 1),
    ]


def begin_rows(at, batch):
    """The operations of `begin`, in order."""
    return [
    ]


@entry
def learn(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of learn or update."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_SUM:
            compute_sum(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_M:
            compute_m(view(real, row[1]), view(real, row[2]), row[3], batch)
        elif operation == COMPUTE_Y:
            compute_y(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_Y_Y:
            compute_y_y(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5], row[6], row[7],
                        seed, step)
        elif operation == COMPUTE_Y_SUM:
            compute_y_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                          view(real, row[5]), row[6], row[7])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
        elif operation == COMPUTE_D_SUM:
            compute_d_sum(view(real, row[1]), batch)
        elif operation == COMPUTE_D_LOSS_D_Y_D_BIAS:
            compute_d_loss_d_y_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9])
        elif operation == COMPUTE_D_OUTPUT_D_Z_D_BIAS:
            compute_d_output_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                        view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9])
        elif operation == COMPUTE_MEAN_SO_FAR_2:
            compute_mean_so_far_2(view(real, row[1]), view(real, row[2]), row[3])
        elif operation == COMPUTE_LEARNING:
            compute_learning(view(real, row[1]), rate)
        elif operation == COMPUTE_KERNEL_4:
            compute_kernel_4(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # sum[c] = Σ_n x[n,c]    dropout_and_state.nn:6
        (COMPUTE_SUM, at.running_centre_1_m_sum, at.x, 5, batch),
        # m[c] = sum[c] / batch    dropout_and_state.nn:6
        (COMPUTE_M, at.running_centre_1_m_sum, at.running_centre_1_m, 5),
        # y[n,c] = x[n,c] - m[c]    dropout_and_state.nn:9
        (COMPUTE_Y, at.x, at.running_centre_1_m, at.running_centre_1_y, batch, 5),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 6, 5, at.running_centre_1_y, 5, at.dense_1_kernel, 6, 0, at.dense_1_z, 6),
        # output[n,u] = softplus(z[n,u] + bias[u])    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_1_z, at.dense_1_bias, at.dense_1_output, batch, 6),
        # y[n,i] = uniform()    library/layers.nn draw for dropout_1.y
        # dropout_1.y[n,i] = output[n,i] · (draw 1 of dropout_1.y[n,i] < 0.75) / 0.75    library/layers.nn
        (COMPUTE_Y_Y, at.draw_1_of_dropout_1_y, at.dense_1_output, at.dropout_1_y, batch, 6, 1, 6),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 6, at.dropout_1_y, 6, at.dense_2_kernel, 1, 0, at.dense_2_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_k abs(target.y[n,k] - y[n,k])    library/losses.nn
        (COMPUTE_Y_SUM, at.dense_2_z, at.dense_2_bias, at.y, at.target_y, at.loss_sum, batch, 1),
        # objective.sum = Σ_n sample weight[n] · loss.sum[n]    dropout_and_state.nn:18
        # objective = sum / batch    dropout_and_state.nn:18
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss_sum, at.objective_sum, at.objective, batch),
        # ∂sum = 1 / batch    dropout_and_state.nn:18 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂loss[n] = ∂sum · sample weight[n]    dropout_and_state.nn:18 adjoint of objective.sum
        # ∂y[n,k] = -(∂loss[n] · sign(target.y[n,k] - y[n,k]))    library/losses.nn adjoint of loss.sum
        # ∂bias[u] = Σ_n ∂y[n,u]    library/layers.nn adjoint of y
        (COMPUTE_D_LOSS_D_Y_D_BIAS, at.d_dense_2_bias, at.d_objective_sum, at.sample_weight, at.d_loss, at.target_y,
         at.y, at.d_y, 1, batch),
        # ∂dropout_1.y[n,i] = Σ_u ∂y[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_2.z
        (GEMM, 0, 1, batch, 6, 1, at.d_y, 1, at.dense_2_kernel, 1, 0, at.d_dropout_1_y, 6),
        # ∂kernel[i,u] = Σ_n ∂y[n,u] · y[n,i]    library/layers.nn adjoint of dense_2.z
        (GEMM, 1, 0, 6, 1, batch, at.dropout_1_y, 6, at.d_y, 1, 0, at.d_dense_2_kernel, 1),
        # ∂output[n,i] = ∂y[n,i] · 1.3333333333333333 · (y[n,i] < 0.75)    library/layers.nn adjoint of
        #     dropout_1.y
        # ∂z[n,u] = ∂output[n,u] · sigmoid(z[n,u] + bias[u])    library/layers.nn adjoint of dense_1.output
        # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of dense_1.output
        (COMPUTE_D_OUTPUT_D_Z_D_BIAS, at.d_dense_1_bias, at.d_dropout_1_y, at.draw_1_of_dropout_1_y,
         at.d_dense_1_output, at.dense_1_z, at.dense_1_bias, at.d_dense_1_z, 6, batch),
        # ∂kernel[i,u] = Σ_n ∂z[n,u] · y[n,i]    library/layers.nn adjoint of dense_1.z
        (GEMM, 1, 0, 5, 6, batch, at.running_centre_1_y, 5, at.d_dense_1_z, 6, 0, at.d_dense_1_kernel, 6),
        # mean_so_far[i] = 0.9 · mean_so_far[i] + 0.09999999999999998 · m[i]    dropout_and_state.nn:7
        (COMPUTE_MEAN_SO_FAR_2, at.running_centre_1_mean_so_far, at.running_centre_1_m, 5),
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # learning = 0.01 · rate    library/every/optimizer.nn
        (COMPUTE_LEARNING, at.learning),
        # kernel[i,j] = kernel[i,j] - learning · clip(∂kernel[i,j], -0.5, 0.5)    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.dense_1_kernel, at.d_dense_1_kernel, 30),
        # bias[i] = bias[i] - learning · clip(∂bias[i], -0.5, 0.5)    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.dense_1_bias, at.d_dense_1_bias, 6),
        # kernel[i,j] = kernel[i,j] - learning · clip(∂kernel[i,j], -0.5, 0.5)    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.dense_2_kernel, at.d_dense_2_kernel, 6),
        # bias[i] = bias[i] - learning · clip(∂bias[i], -0.5, 0.5)    library/optimizers.nn
        (COMPUTE_KERNEL_4, at.learning, at.dense_2_bias, at.d_dense_2_bias, 1),
    ]


@entry
def assess(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of assess."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_Y:
            compute_y(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == GEMM:
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
    restore_denormals(word)


def assess_rows(at, batch):
    """The operations of `assess`, in order."""
    return [
        # y[n,c] = x[n,c] - mean_so_far[c]    dropout_and_state.nn:9
        (COMPUTE_Y, at.x, at.running_centre_1_mean_so_far, at.running_centre_1_y, batch, 5),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 6, 5, at.running_centre_1_y, 5, at.dense_1_kernel, 6, 0, at.dense_1_z, 6),
        # output[n,u] = softplus(z[n,u] + bias[u])    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_1_z, at.dense_1_bias, at.dense_1_output, batch, 6),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 6, at.dense_1_output, 6, at.dense_2_kernel, 1, 0, at.dense_2_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_k abs(target.y[n,k] - y[n,k])    library/losses.nn
        (COMPUTE_Y_SUM, at.dense_2_z, at.dense_2_bias, at.y, at.target_y, at.loss_sum, batch, 1),
        # objective.sum = Σ_n sample weight[n] · loss.sum[n]    dropout_and_state.nn:18
        # objective = sum / batch    dropout_and_state.nn:18
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss_sum, at.objective_sum, at.objective, batch),
    ]


@entry
def forward(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of forward."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_Y:
            compute_y(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_OUTPUT:
            compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_Y_2:
            compute_y_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # y[n,c] = x[n,c] - mean_so_far[c]    dropout_and_state.nn:9
        (COMPUTE_Y, at.x, at.running_centre_1_mean_so_far, at.running_centre_1_y, batch, 5),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 6, 5, at.running_centre_1_y, 5, at.dense_1_kernel, 6, 0, at.dense_1_z, 6),
        # output[n,u] = softplus(z[n,u] + bias[u])    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_1_z, at.dense_1_bias, at.dense_1_output, batch, 6),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 6, at.dense_1_output, 6, at.dense_2_kernel, 1, 0, at.dense_2_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        (COMPUTE_Y_2, at.dense_2_z, at.dense_2_bias, at.y, batch, 1),
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
            if operation == COMPUTE_SUM:
                compute_sum(view(real, row[1]), view(real, row[2]), row[3], row[4])
            elif operation == COMPUTE_M:
                compute_m(view(real, row[1]), view(real, row[2]), row[3], batch)
            elif operation == COMPUTE_Y:
                compute_y(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
            elif operation == GEMM:
                gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                     row[10], view(real, row[11]), row[12])
            elif operation == COMPUTE_OUTPUT:
                compute_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
            elif operation == COMPUTE_Y_Y:
                compute_y_y(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5], row[6], row[7],
                            seed, step)
            elif operation == COMPUTE_Y_SUM:
                compute_y_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), row[6], row[7])
            elif operation == COMPUTE_SUM_OBJECTIVE:
                compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      row[5], batch)
            elif operation == COMPUTE_D_SUM:
                compute_d_sum(view(real, row[1]), batch)
            elif operation == COMPUTE_D_LOSS_D_Y_D_BIAS:
                compute_d_loss_d_y_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                          view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                          view(real, row[7]), row[8], row[9])
            elif operation == COMPUTE_D_OUTPUT_D_Z_D_BIAS:
                compute_d_output_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                            view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                            view(real, row[7]), row[8], row[9])
            elif operation == COMPUTE_MEAN_SO_FAR_2:
                compute_mean_so_far_2(view(real, row[1]), view(real, row[2]), row[3])
            elif operation == COMPUTE_LEARNING:
                compute_learning(view(real, row[1]), rate)
            elif operation == COMPUTE_KERNEL_4:
                compute_kernel_4(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
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
