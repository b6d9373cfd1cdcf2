"""The model double, compiled by nndsl."""

from nndsl.kernels import (
    draw_uniform,
    entry,
    exp,
    f8,
    floor,
    flush_denormals,
    gather_rows,
    gemm,
    inf,
    isfinite,
    kernel,
    maximum,
    meet,
    power,
    rare,
    restore_denormals,
    tanh,
    view,
)

GEMM = 0
COMPUTE_KERNEL = 1
COMPUTE_KERNEL_2 = 2
COMPUTE_BIAS = 3
COMPUTE_KERNEL_3 = 4
COMPUTE_KERNEL_MEAN_WEIGHT = 5
COMPUTE_OUTPUT_SUM_MAX = 6
COMPUTE_Y_SUM = 7
COMPUTE_SUM_OBJECTIVE = 8
COMPUTE_D_SUM = 9
COMPUTE_D_LOSS_D_Y_D_BIAS = 10
COMPUTE_D_OUTPUT_D_WEIGHT_D_EXP = 11
COMPUTE_LEARNING = 12
COMPUTE_KERNEL_4 = 13
COMPUTE_FACTOR = 14
COMPUTE_KERNEL_MEAN_WEIGHT_2 = 15
COMPUTE_BIAS_BIAS_MEAN_WEIGHT = 16
COMPUTE_Y = 17
MEET = 18

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_Y_SUM: (6, (6, 7), ((1, ()), (3, ()), (4, ()), (5, ()))),
    COMPUTE_KERNEL_4: (4, (4,), ((2, ()), (3, ()))),
    COMPUTE_KERNEL_MEAN_WEIGHT_2: (4, (4,), ((2, ()), (3, ()))),
    COMPUTE_BIAS_BIAS_MEAN_WEIGHT: (6, (6,), ((3, ()), (4, ()), (5, ()))),
}


@rare
def compute_kernel(kernel, j_size, stream, seed, step):
    # kernel[i,j] = uniform()    library/layers.nn
    for j in range(j_size):
        kernel[j] = f8(draw_uniform(seed, step, stream, j))


@rare
def compute_kernel_2(kernel, j_size):
    # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f8(-0.9258200997725514) + f8(1.8516401995451028) * kernel[j]
        kernel[j] = v0


@rare
def compute_bias(bias, i_size):
    # bias[i] = 0    library/layers.nn
    for i in range(i_size):
        bias[i] = f8(0)


@rare
def compute_kernel_3(kernel, j_size):
    # kernel[i,j] = -1.0954451150103321 + 2.1908902300206643 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f8(-1.0954451150103321) + f8(2.1908902300206643) * kernel[j]
        kernel[j] = v0


@rare
def compute_kernel_mean_weight(kernel, kernel_mean_weight, j_size):
    # kernel:mean_weight[i,j] = kernel[i,j]    double.nn:5
    for j in range(j_size):
        kernel_mean_weight[j] = kernel[j]


@kernel
def compute_output_sum_max(z, bias, output, sum, max, exp_2, sum_2, weight, y, n_size, i_size, u_size, c_size, t_size):
    # output[n,i,u] = tanh(z[n,i,u] + bias[u])    library/layers.nn
    # sum[n,t] = Σ_c output[n,t,c]    double.nn:13
    # max[n] = max[t](sum[n,t] · 0.5)    double.nn:13
    # exp[n,t] = exp(sum[n,t] · 0.5 - stop(max[n]))    double.nn:13
    # sum_2[n] = Σ_t exp[n,t]    double.nn:13
    # weight[n,t] = exp[n,t] / sum_2[n]    double.nn:13
    # y[n,c] = Σ_t weight[n,t] · output[n,t,c]    double.nn:14
    for n in range(n_size):
        for i in range(i_size):
            for u in range(u_size):
                output[n * i_size * u_size + i * u_size + u] = tanh(z[n * i_size * u_size + i * u_size + u] + bias[u])
            v0 = f8(0)
            for c in range(c_size):
                v0 += output[n * i_size * c_size + i * c_size + c]
            sum[n * i_size + i] = v0
        v1 = f8(-inf)
        for t in range(t_size):
            v1 = maximum(v1, sum[n * t_size + t] * f8(0.5))
        max[n] = v1
        for t in range(t_size):
            exp_2[n * t_size + t] = exp(sum[n * t_size + t] * f8(0.5) - v1)
        v2 = f8(0)
        for t in range(t_size):
            v2 += exp_2[n * t_size + t]
        sum_2[n] = v2
        for t in range(t_size):
            weight[n * t_size + t] = exp_2[n * t_size + t] / v2
        for c in range(c_size):
            v3 = f8(0)
            v3 += weight[n * t_size + 0] * output[n * t_size * c_size + 0 * c_size + c]
            v3 += weight[n * t_size + 1] * output[n * t_size * c_size + 1 * c_size + c]
            v3 += weight[n * t_size + 2] * output[n * t_size * c_size + 2 * c_size + c]
            v3 += weight[n * t_size + 3] * output[n * t_size * c_size + 3 * c_size + c]
            v3 += weight[n * t_size + 4] * output[n * t_size * c_size + 4 * c_size + c]
            v3 += weight[n * t_size + 5] * output[n * t_size * c_size + 5 * c_size + c]
            y[n * c_size + c] = v3


@kernel
def compute_y_sum(z, bias, y, y_2, sum, n_size, u_size):
    # y[n,u] = z[n,u] + bias[u]    library/layers.nn
    # sum[n] = Σ_k (target.y[n,k] - y[n,k]) · (target.y[n,k] - y[n,k])    library/losses.nn
    for n in range(n_size):
        for u in range(u_size):
            y[n + u] = z[n + u] + bias[u]
        v0 = f8(0)
        v1 = y_2[n + 0]
        v2 = y[n + 0]
        v0 += (v1 - v2) * (v1 - v2)
        sum[n] = v0


@kernel
def compute_sum_objective(sample_weight, sum, sum_2, objective, n_size, batch):
    # objective.sum = Σ_n sample weight[n] · loss.sum[n]    double.nn:23
    # objective = sum / batch    double.nn:23
    v0 = f8(0)
    for n in range(n_size):
        v0 += sample_weight[n] * sum[n]
    sum_2[0] = v0
    objective[0] = v0 / f8(batch)


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / batch    double.nn:23 adjoint of objective
    d_sum[0] = f8(1) / f8(batch)


@kernel
def compute_d_loss_d_y_d_bias(d_bias, d_sum, sample_weight, d_loss, y, y_2, d_y, k_size, n_size):
    # ∂loss[n] = ∂sum · sample weight[n]    double.nn:23 adjoint of objective.sum
    # ∂y[n,k] = ∂loss[n] · -2 · (target.y[n,k] - y[n,k])    library/losses.nn adjoint of loss.sum
    # ∂bias[u] = Σ_n ∂y[n,u]    library/layers.nn adjoint of y
    for k in range(k_size):
        d_bias[k] = f8(0)
    v0 = d_sum[0]
    for n in range(n_size):
        d_loss[n] = v0 * sample_weight[n]
        v1 = d_loss[n]
        for k in range(k_size):
            v2 = v1 * (f8(-2) * (y[n + k] - y_2[n + k]))
            d_y[n + k] = v2
            d_bias[k] += v2


@kernel
def compute_d_output_d_weight_d_exp(d_bias, sum_2, weight, d_y, d_output, output, d_weight, d_exp, exp_2, sum_2_2,
                                    d_sum_2, d_sum, d_z, c_size, n_size, t_size):
    # ∂output[n,t,c] = ∂y[n,c] · weight[n,t]    double.nn:14 adjoint of summary_1.y
    # ∂weight[n,t] = Σ_c ∂y[n,c] · output[n,t,c]    double.nn:14 adjoint of summary_1.y
    # ∂exp[n,t] = ∂weight[n,t] / sum_2[n]    double.nn:13 adjoint of summary_1.weight
    # sum_2[n] = Σ_t ∂weight[n,t] · exp[n,t]    double.nn:13 adjoint of summary_1.weight before division
    # ∂sum_2[n] = -(sum of ∂summary_1.weight.sum_2[n] / (summary_1.weight.sum_2[n] ·
    #     summary_1.weight.sum_2[n]))    double.nn:13 adjoint of summary_1.weight
    # ∂exp[n,t] += ∂sum_2[n]    double.nn:13 adjoint of summary_1.weight.sum_2
    # ∂sum[n,t] = ∂exp[n,t] · 0.5 · exp[n,t]    double.nn:13 adjoint of summary_1.weight.exp
    # ∂output[n,t,c] += ∂sum[n,t]    double.nn:13 adjoint of summary_1.weight.sum
    # ∂z[n,i,u] = ∂output[n,i,u] · (1 - output[n,i,u] · output[n,i,u])    library/layers.nn adjoint of
    #     dense_1.output
    # ∂bias[u] = Σ_{n,i} ∂z[n,i,u]    library/layers.nn adjoint of dense_1.output
    for c in range(c_size):
        d_bias[c] = f8(0)
    for n in range(n_size):
        v0 = sum_2[n]
        for t in range(t_size):
            v1 = weight[n * t_size + t]
            for c in range(c_size):
                d_output[n * t_size * c_size + t * c_size + c] = d_y[n * c_size + c] * v1
            v2 = f8(0)
            for c in range(c_size):
                v2 += d_y[n * c_size + c] * output[n * t_size * c_size + t * c_size + c]
            d_weight[n * t_size + t] = v2
            d_exp[n * t_size + t] = v2 / v0
        v3 = f8(0)
        for t in range(t_size):
            v3 += d_weight[n * t_size + t] * exp_2[n * t_size + t]
        sum_2_2[n] = v3
        d_sum_2[n] = -(v3 / (v0 * v0))
        v4 = d_sum_2[n]
        for t in range(t_size):
            v5 = d_exp[n * t_size + t] + v4
            d_exp[n * t_size + t] = v5
            d_sum[n * t_size + t] = v5 * (f8(0.5) * exp_2[n * t_size + t])
            v6 = d_sum[n * t_size + t]
            for c in range(c_size):
                v7 = d_output[n * t_size * c_size + t * c_size + c] + v6
                d_output[n * t_size * c_size + t * c_size + c] = v7
                v8 = output[n * t_size * c_size + t * c_size + c]
                v9 = v7 * (f8(1) - v8 * v8)
                d_z[n * t_size * c_size + t * c_size + c] = v9
                d_bias[c] += v9


@kernel
def compute_learning(learning, step, rate):
    # learning = 0.1 · 0.5^floor(step / 100) · rate    library/every/optimizer.nn
    learning[0] = f8(0.1) * power(f8(0.5), floor(f8(step) / f8(100))) * f8(rate)


@kernel
def compute_kernel_4(learning, kernel, d_kernel, j_size):
    # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    double.nn:6
    v0 = learning[0]
    for j in range(j_size):
        v1 = kernel[j] - v0 * d_kernel[j]
        kernel[j] = v1


@kernel
def compute_factor(factor, step):
    # factor = step + 1    double.nn:7
    factor[0] = f8(step + 1)


@kernel
def compute_kernel_mean_weight_2(factor, kernel_mean_weight, kernel, j_size):
    # kernel:mean_weight[i,j] = kernel:mean_weight[i,j] + (kernel[i,j] - kernel:mean_weight[i,j]) / factor
    #     double.nn:7
    v0 = factor[0]
    for j in range(j_size):
        v1 = kernel_mean_weight[j]
        v2 = v1 + (kernel[j] - v1) / v0
        kernel_mean_weight[j] = v2


@kernel
def compute_bias_bias_mean_weight(learning, factor, bias, d_bias, bias_mean_weight, i_size):
    # bias[i] = bias[i] - learning · ∂bias[i]    double.nn:6
    # bias:mean_weight[i] = bias:mean_weight[i] + (bias[i] - bias:mean_weight[i]) / factor    double.nn:7
    v0 = learning[0]
    v1 = factor[0]
    for i in range(i_size):
        v2 = bias[i]
        v3 = v2 - v0 * d_bias[i]
        bias[i] = v3
        v4 = bias_mean_weight[i]
        v5 = v4 + (v3 - v4) / v1
        bias_mean_weight[i] = v5


@kernel
def compute_y(z, bias, y, n_size, u_size):
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
        if operation == COMPUTE_KERNEL:
            compute_kernel(view(real, row[1]), row[2], row[3], seed, step)
        elif operation == COMPUTE_KERNEL_2:
            compute_kernel_2(view(real, row[1]), row[2])
        elif operation == COMPUTE_BIAS:
            compute_bias(view(real, row[1]), row[2])
        elif operation == COMPUTE_KERNEL_3:
            compute_kernel_3(view(real, row[1]), row[2])
        elif operation == COMPUTE_KERNEL_MEAN_WEIGHT:
            compute_kernel_mean_weight(view(real, row[1]), view(real, row[2]), row[3])
    restore_denormals(word)


def initial_rows(at, batch):
    """The operations of `initial`, in order."""
    return [
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_1_kernel, 12, 1000001),
        # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_2, at.dense_1_kernel, 12),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_1_bias, 4),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_2_kernel, 4, 1000002),
        # kernel[i,j] = -1.0954451150103321 + 2.1908902300206643 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_3, at.dense_2_kernel, 4),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_2_bias, 1),
    ]


def begin_rows(at, batch):
    """The operations of `begin`, in order."""
    return [
        # kernel:mean_weight[i,j] = kernel[i,j]    double.nn:5
        (COMPUTE_KERNEL_MEAN_WEIGHT, at.dense_1_kernel, at.dense_1_kernel_mean_weight, 12),
        # bias:mean_weight[i] = bias[i]    double.nn:5
        (COMPUTE_KERNEL_MEAN_WEIGHT, at.dense_1_bias, at.dense_1_bias_mean_weight, 4),
        # kernel:mean_weight[i,j] = kernel[i,j]    double.nn:5
        (COMPUTE_KERNEL_MEAN_WEIGHT, at.dense_2_kernel, at.dense_2_kernel_mean_weight, 4),
        # bias:mean_weight[i] = bias[i]    double.nn:5
        (COMPUTE_KERNEL_MEAN_WEIGHT, at.dense_2_bias, at.dense_2_bias_mean_weight, 1),
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
        elif operation == COMPUTE_OUTPUT_SUM_MAX:
            compute_output_sum_max(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                   view(real, row[9]), row[10], row[11], row[12], row[13], row[14])
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
        elif operation == COMPUTE_D_OUTPUT_D_WEIGHT_D_EXP:
            compute_d_output_d_weight_d_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                            view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                            view(real, row[7]), view(real, row[8]), view(real, row[9]),
                                            view(real, row[10]), view(real, row[11]), view(real, row[12]),
                                            view(real, row[13]), row[14], row[15], row[16])
        elif operation == COMPUTE_LEARNING:
            compute_learning(view(real, row[1]), step, rate)
        elif operation == COMPUTE_KERNEL_4:
            compute_kernel_4(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_FACTOR:
            compute_factor(view(real, row[1]), step)
        elif operation == COMPUTE_KERNEL_MEAN_WEIGHT_2:
            compute_kernel_mean_weight_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_BIAS_BIAS_MEAN_WEIGHT:
            compute_bias_bias_mean_weight(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                          view(real, row[4]), view(real, row[5]), row[6])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # z[n,i,u] = Σ_i2 x[n,i,i2] · kernel[i2,u]    library/layers.nn
        (GEMM, 0, 0, 6*batch, 4, 3, at.x, 3, at.dense_1_kernel, 4, 0, at.dense_1_z, 4),
        # output[n,i,u] = tanh(z[n,i,u] + bias[u])    library/layers.nn
        # sum[n,t] = Σ_c output[n,t,c]    double.nn:13
        # max[n] = max[t](sum[n,t] · 0.5)    double.nn:13
        # exp[n,t] = exp(sum[n,t] · 0.5 - stop(max[n]))    double.nn:13
        # sum_2[n] = Σ_t exp[n,t]    double.nn:13
        # weight[n,t] = exp[n,t] / sum_2[n]    double.nn:13
        # y[n,c] = Σ_t weight[n,t] · output[n,t,c]    double.nn:14
        (COMPUTE_OUTPUT_SUM_MAX, at.dense_1_z, at.dense_1_bias, at.dense_1_output, at.summary_1_weight_sum,
         at.summary_1_weight_max, at.summary_1_weight_exp, at.summary_1_weight_sum_2, at.summary_1_weight,
         at.summary_1_y, batch, 6, 4, 4, 6),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 4, at.summary_1_y, 4, at.dense_2_kernel, 1, 0, at.dense_2_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_k (target.y[n,k] - y[n,k]) · (target.y[n,k] - y[n,k])    library/losses.nn
        (COMPUTE_Y_SUM, at.dense_2_z, at.dense_2_bias, at.y, at.target_y, at.loss_sum, batch, 1),
        # objective.sum = Σ_n sample weight[n] · loss.sum[n]    double.nn:23
        # objective = sum / batch    double.nn:23
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss_sum, at.objective_sum, at.objective, batch),
        # ∂sum = 1 / batch    double.nn:23 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂loss[n] = ∂sum · sample weight[n]    double.nn:23 adjoint of objective.sum
        # ∂y[n,k] = ∂loss[n] · -2 · (target.y[n,k] - y[n,k])    library/losses.nn adjoint of loss.sum
        # ∂bias[u] = Σ_n ∂y[n,u]    library/layers.nn adjoint of y
        (COMPUTE_D_LOSS_D_Y_D_BIAS, at.d_dense_2_bias, at.d_objective_sum, at.sample_weight, at.d_loss, at.target_y,
         at.y, at.d_y, 1, batch),
        # ∂summary_1.y[n,i] = Σ_u ∂y[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_2.z
        (GEMM, 0, 1, batch, 4, 1, at.d_y, 1, at.dense_2_kernel, 1, 0, at.d_summary_1_y, 4),
        # ∂kernel[i,u] = Σ_n ∂y[n,u] · y[n,i]    library/layers.nn adjoint of dense_2.z
        (GEMM, 1, 0, 4, 1, batch, at.summary_1_y, 4, at.d_y, 1, 0, at.d_dense_2_kernel, 1),
        # ∂output[n,t,c] = ∂y[n,c] · weight[n,t]    double.nn:14 adjoint of summary_1.y
        # ∂weight[n,t] = Σ_c ∂y[n,c] · output[n,t,c]    double.nn:14 adjoint of summary_1.y
        # ∂exp[n,t] = ∂weight[n,t] / sum_2[n]    double.nn:13 adjoint of summary_1.weight
        # sum_2[n] = Σ_t ∂weight[n,t] · exp[n,t]    double.nn:13 adjoint of summary_1.weight before division
        # ∂sum_2[n] = -(sum of ∂summary_1.weight.sum_2[n] / (summary_1.weight.sum_2[n] ·
        #     summary_1.weight.sum_2[n]))    double.nn:13 adjoint of summary_1.weight
        # ∂exp[n,t] += ∂sum_2[n]    double.nn:13 adjoint of summary_1.weight.sum_2
        # ∂sum[n,t] = ∂exp[n,t] · 0.5 · exp[n,t]    double.nn:13 adjoint of summary_1.weight.exp
        # ∂output[n,t,c] += ∂sum[n,t]    double.nn:13 adjoint of summary_1.weight.sum
        # ∂z[n,i,u] = ∂output[n,i,u] · (1 - output[n,i,u] · output[n,i,u])    library/layers.nn adjoint of
        #     dense_1.output
        # ∂bias[u] = Σ_{n,i} ∂z[n,i,u]    library/layers.nn adjoint of dense_1.output
        (COMPUTE_D_OUTPUT_D_WEIGHT_D_EXP, at.d_dense_1_bias, at.summary_1_weight_sum_2, at.summary_1_weight,
         at.d_summary_1_y, at.d_dense_1_output, at.dense_1_output, at.d_summary_1_weight, at.d_summary_1_weight_exp,
         at.summary_1_weight_exp, at.sum_of_d_summary_1_weight_sum_2, at.d_summary_1_weight_sum_2,
         at.d_summary_1_weight_sum, at.d_dense_1_z, 4, batch, 6),
        # ∂kernel[i2,u] = Σ_{n,i} ∂z[n,i,u] · x[n,i,i2]    library/layers.nn adjoint of dense_1.z
        (GEMM, 1, 0, 3, 4, 6*batch, at.x, 3, at.d_dense_1_z, 4, 0, at.d_dense_1_kernel, 4),
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # learning = 0.1 · 0.5^floor(step / 100) · rate    library/every/optimizer.nn
        (COMPUTE_LEARNING, at.learning),
        # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    double.nn:6
        (COMPUTE_KERNEL_4, at.learning, at.dense_1_kernel, at.d_dense_1_kernel, 12),
        # factor = step + 1    double.nn:7
        (COMPUTE_FACTOR, at.factor),
        # kernel:mean_weight[i,j] = kernel:mean_weight[i,j] + (kernel[i,j] - kernel:mean_weight[i,j]) / factor
        #     double.nn:7
        (COMPUTE_KERNEL_MEAN_WEIGHT_2, at.factor, at.dense_1_kernel_mean_weight, at.dense_1_kernel, 12),
        # bias[i] = bias[i] - learning · ∂bias[i]    double.nn:6
        # bias:mean_weight[i] = bias:mean_weight[i] + (bias[i] - bias:mean_weight[i]) / factor    double.nn:7
        (COMPUTE_BIAS_BIAS_MEAN_WEIGHT, at.learning, at.factor, at.dense_1_bias, at.d_dense_1_bias,
         at.dense_1_bias_mean_weight, 4),
        # kernel[i,j] = kernel[i,j] - learning · ∂kernel[i,j]    double.nn:6
        # kernel:mean_weight[i,j] = kernel:mean_weight[i,j] + (kernel[i,j] - kernel:mean_weight[i,j]) / factor
        #     double.nn:7
        (COMPUTE_BIAS_BIAS_MEAN_WEIGHT, at.learning, at.factor, at.dense_2_kernel, at.d_dense_2_kernel,
         at.dense_2_kernel_mean_weight, 4),
        # bias[i] = bias[i] - learning · ∂bias[i]    double.nn:6
        # bias:mean_weight[i] = bias:mean_weight[i] + (bias[i] - bias:mean_weight[i]) / factor    double.nn:7
        (COMPUTE_BIAS_BIAS_MEAN_WEIGHT, at.learning, at.factor, at.dense_2_bias, at.d_dense_2_bias,
         at.dense_2_bias_mean_weight, 1),
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
        elif operation == COMPUTE_OUTPUT_SUM_MAX:
            compute_output_sum_max(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                   view(real, row[9]), row[10], row[11], row[12], row[13], row[14])
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
        # z[n,i,u] = Σ_i2 x[n,i,i2] · kernel[i2,u]    library/layers.nn
        (GEMM, 0, 0, 6*batch, 4, 3, at.x, 3, at.dense_1_kernel, 4, 0, at.dense_1_z, 4),
        # output[n,i,u] = tanh(z[n,i,u] + bias[u])    library/layers.nn
        # sum[n,t] = Σ_c output[n,t,c]    double.nn:13
        # max[n] = max[t](sum[n,t] · 0.5)    double.nn:13
        # exp[n,t] = exp(sum[n,t] · 0.5 - stop(max[n]))    double.nn:13
        # sum_2[n] = Σ_t exp[n,t]    double.nn:13
        # weight[n,t] = exp[n,t] / sum_2[n]    double.nn:13
        # y[n,c] = Σ_t weight[n,t] · output[n,t,c]    double.nn:14
        (COMPUTE_OUTPUT_SUM_MAX, at.dense_1_z, at.dense_1_bias, at.dense_1_output, at.summary_1_weight_sum,
         at.summary_1_weight_max, at.summary_1_weight_exp, at.summary_1_weight_sum_2, at.summary_1_weight,
         at.summary_1_y, batch, 6, 4, 4, 6),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 4, at.summary_1_y, 4, at.dense_2_kernel, 1, 0, at.dense_2_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_k (target.y[n,k] - y[n,k]) · (target.y[n,k] - y[n,k])    library/losses.nn
        (COMPUTE_Y_SUM, at.dense_2_z, at.dense_2_bias, at.y, at.target_y, at.loss_sum, batch, 1),
        # objective.sum = Σ_n sample weight[n] · loss.sum[n]    double.nn:23
        # objective = sum / batch    double.nn:23
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss_sum, at.objective_sum, at.objective, batch),
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
        elif operation == COMPUTE_OUTPUT_SUM_MAX:
            compute_output_sum_max(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                   view(real, row[9]), row[10], row[11], row[12], row[13], row[14])
        elif operation == COMPUTE_Y:
            compute_y(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # z[n,i,u] = Σ_i2 x[n,i,i2] · kernel[i2,u]    library/layers.nn
        (GEMM, 0, 0, 6*batch, 4, 3, at.x, 3, at.dense_1_kernel, 4, 0, at.dense_1_z, 4),
        # output[n,i,u] = tanh(z[n,i,u] + bias[u])    library/layers.nn
        # sum[n,t] = Σ_c output[n,t,c]    double.nn:13
        # max[n] = max[t](sum[n,t] · 0.5)    double.nn:13
        # exp[n,t] = exp(sum[n,t] · 0.5 - stop(max[n]))    double.nn:13
        # sum_2[n] = Σ_t exp[n,t]    double.nn:13
        # weight[n,t] = exp[n,t] / sum_2[n]    double.nn:13
        # y[n,c] = Σ_t weight[n,t] · output[n,t,c]    double.nn:14
        (COMPUTE_OUTPUT_SUM_MAX, at.dense_1_z, at.dense_1_bias, at.dense_1_output, at.summary_1_weight_sum,
         at.summary_1_weight_max, at.summary_1_weight_exp, at.summary_1_weight_sum_2, at.summary_1_weight,
         at.summary_1_y, batch, 6, 4, 4, 6),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 4, at.summary_1_y, 4, at.dense_2_kernel, 1, 0, at.dense_2_z, 1),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        (COMPUTE_Y, at.dense_2_z, at.dense_2_bias, at.y, batch, 1),
    ]


@entry
def final(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of final."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_KERNEL_MEAN_WEIGHT:
            compute_kernel_mean_weight(view(real, row[1]), view(real, row[2]), row[3])
    restore_denormals(word)


def final_rows(at, batch):
    """The operations of `final`, in order."""
    return [
        # kernel![i,j] = kernel:mean_weight[i,j]    double.nn:24
        (COMPUTE_KERNEL_MEAN_WEIGHT, at.dense_1_kernel_mean_weight, at.dense_1_kernel_final, 12),
        # bias![i] = bias:mean_weight[i]    double.nn:24
        (COMPUTE_KERNEL_MEAN_WEIGHT, at.dense_1_bias_mean_weight, at.dense_1_bias_final, 4),
        # kernel![i,j] = kernel:mean_weight[i,j]    double.nn:24
        (COMPUTE_KERNEL_MEAN_WEIGHT, at.dense_2_kernel_mean_weight, at.dense_2_kernel_final, 4),
        # bias![i] = bias:mean_weight[i]    double.nn:24
        (COMPUTE_KERNEL_MEAN_WEIGHT, at.dense_2_bias_mean_weight, at.dense_2_bias_final, 1),
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
            elif operation == COMPUTE_OUTPUT_SUM_MAX:
                compute_output_sum_max(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                       view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                       view(real, row[9]), row[10], row[11], row[12], row[13], row[14])
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
            elif operation == COMPUTE_D_OUTPUT_D_WEIGHT_D_EXP:
                compute_d_output_d_weight_d_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                                view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                                view(real, row[7]), view(real, row[8]), view(real, row[9]),
                                                view(real, row[10]), view(real, row[11]), view(real, row[12]),
                                                view(real, row[13]), row[14], row[15], row[16])
            elif operation == COMPUTE_LEARNING:
                compute_learning(view(real, row[1]), step, rate)
            elif operation == COMPUTE_KERNEL_4:
                compute_kernel_4(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == COMPUTE_FACTOR:
                compute_factor(view(real, row[1]), step)
            elif operation == COMPUTE_KERNEL_MEAN_WEIGHT_2:
                compute_kernel_mean_weight_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == COMPUTE_BIAS_BIAS_MEAN_WEIGHT:
                compute_bias_bias_mean_weight(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                              view(real, row[4]), view(real, row[5]), row[6])
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
