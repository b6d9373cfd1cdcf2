"""The model classification, compiled by nndsl."""

from nndsl.kernels import (
    draw_uniform,
    entry,
    exp,
    f4,
    f8,
    flush_denormals,
    gather_rows,
    gemm,
    inf,
    isfinite,
    kernel,
    log,
    maximum,
    meet,
    power,
    rare,
    restore_denormals,
    sqrt,
    view,
    where,
)

GEMM = 0
COMPUTE_KERNEL = 1
COMPUTE_KERNEL_2 = 2
COMPUTE_BIAS = 3
COMPUTE_KERNEL_3 = 4
COMPUTE_OUTPUT = 5
COMPUTE_X_MAX_EXP = 6
COMPUTE_SUM_OBJECTIVE = 7
COMPUTE_ARGMAX_ACCURACY = 8
COMPUTE_ACCURACY_SUM_ACCURACY_COUNT = 9
COMPUTE_D_SUM = 10
COMPUTE_D_LOSS_D_SUM = 11
COMPUTE_D_X_D_BIAS = 12
COMPUTE_D_Z_D_BIAS = 13
COMPUTE_SUM_SCALE = 14
COMPUTE_LEARNING_RATE = 15
COMPUTE_KERNEL_M_KERNEL_V_KERNEL = 16
COMPUTE_SUM_SCALE_2 = 17
COMPUTE_X_MAX_EXP_2 = 18
COMPUTE_ACCURACY_RESULT = 19
MEET = 20

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_OUTPUT: (4, (4, 5), ((1, (5,)), (3, (5,)))),
    COMPUTE_ARGMAX_ACCURACY: (5, (5, 6), ((1, (6,)), (2, ()), (3, ()), (4, ()))),
    COMPUTE_D_LOSS_D_SUM: (6, (6,), ((2, ()), (3, ()), (4, ()), (5, ()))),
    COMPUTE_KERNEL_M_KERNEL_V_KERNEL: (7, (7,), ((3, ()), (4, ()), (5, ()), (6, ()))),
}


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
def compute_bias(bias, i_size):
    # bias[i] = 0    library/layers.nn
    for i in range(i_size):
        bias[i] = f4(0)


@rare
def compute_kernel_3(kernel, j_size):
    # kernel[i,j] = -0.8660254037844386 + 1.7320508075688772 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.8660254037844386) + f4(1.7320508075688772) * kernel[j]
        kernel[j] = v0


@kernel
def compute_output(z, bias, output, n_size, u_size):
    # output[n,u] = where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 0)    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            v0 = z[n * u_size + u]
            v1 = bias[u]
            output[n * u_size + u] = where(v0 + v1 > f4(0), v0 + v1, f4(0))


@kernel
def compute_x_max_exp(z, bias, x, max, exp_2, sum, p, p_2, loss, n_size, u_size, c_size, stride):
    # x[n,u] = z[n,u] + bias[u]    library/layers.nn
    # max[n] = max[c](x[n,c])    library/activations.nn
    # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
    # sum[n] = Σ_c exp[n,c]    library/activations.nn
    # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
    # loss[n] = log(sum[n]) - (x[n,p[n]] - stop(max[n]))    classification.nn:8
    for n in range(n_size):
        for u in range(u_size):
            x[n * u_size + u] = z[n * u_size + u] + bias[u]
        v0 = f4(-inf)
        for c in range(c_size):
            v0 = maximum(v0, x[n * c_size + c])
        max[n] = v0
        for c in range(c_size):
            exp_2[n * c_size + c] = exp(x[n * c_size + c] - v0)
        v1 = f4(0)
        for c in range(c_size):
            v1 += exp_2[n * c_size + c]
        sum[n] = v1
        for c in range(c_size):
            p[n * c_size + c] = exp_2[n * c_size + c] / v1
        loss[n] = log(v1) - (x[n * stride + p_2[n]] - v0)


@kernel
def compute_sum_objective(sample_weight, loss, sum, objective, n_size, batch):
    # sum = Σ_n sample weight[n] · loss[n]    classification.nn:8
    # objective = sum / batch    classification.nn:8
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * loss[n]
    sum[0] = v0
    objective[0] = v0 / f4(batch)


@kernel
def compute_argmax_accuracy(p, argmax, p_2, accuracy, n_size, k_size):
    # argmax[n] = argmax[k](p[n,k])    library/metrics.nn
    # accuracy[n] = p[n] == argmax[n]    library/metrics.nn
    for n in range(n_size):
        v0 = f4(-inf)
        v1 = 0
        for k in range(k_size):
            v2 = p[n * k_size + k]
            if v2 > v0:
                v0 = v2
                v1 = k
        argmax[n] = v1
        accuracy[n] = where(p_2[n] == argmax[n], f4(1), f4(0))


@kernel
def compute_accuracy_sum_accuracy_count(sample_weight, accuracy, accuracy_sum, accuracy_count, n_size):
    # accuracy sum += Σ_n sample weight[n] · accuracy[n]    classification.nn:10
    # accuracy count += Σ_n sample weight[n]    classification.nn:10
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * accuracy[n]
    accuracy_sum[0] += v0
    v1 = f4(0)
    for n in range(n_size):
        v1 += sample_weight[n]
    accuracy_count[0] += v1


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / batch    classification.nn:8 adjoint of objective
    d_sum[0] = f4(1) / f4(batch)


@kernel
def compute_d_loss_d_sum(d_sum, sample_weight, d_loss, sum, d_sum_2, n_size):
    # ∂loss[n] = ∂sum · sample weight[n]    classification.nn:8 adjoint of objective.sum
    # ∂sum[n] = ∂loss[n] / sum[n]    classification.nn:8 adjoint of loss
    v0 = d_sum[0]
    for n in range(n_size):
        v1 = v0 * sample_weight[n]
        d_loss[n] = v1
        d_sum_2[n] = v1 / sum[n]


@kernel
def compute_d_x_d_bias(d_bias, d_x, d_loss, p, d_sum, exp_2, c_size, i0_size, i1_size, stride):
    # ∂x[i0,i1] = 0    classification.nn:8 cleared
    # ∂x[n,p[n]] += -∂loss[n]    classification.nn:8 adjoint of loss
    # ∂x[n,c] += ∂sum[n] · exp[n,c]    library/activations.nn adjoint of p.exp
    # ∂bias[u] = Σ_n ∂x[n,u]    library/layers.nn adjoint of dense_2.softmax.x
    for c in range(c_size):
        d_bias[c] = f4(0)
    for i0 in range(i0_size):
        for i1 in range(i1_size):
            d_x[i0 * i1_size + i1] = f4(0)
        d_x[i0 * stride + p[i0]] += -d_loss[i0]
        v0 = d_sum[i0]
        for c in range(c_size):
            v1 = d_x[i0 * c_size + c] + v0 * exp_2[i0 * c_size + c]
            d_x[i0 * c_size + c] = v1
            d_bias[c] += v1


@kernel
def compute_d_z_d_bias(d_bias, output, d_output, d_z, u_size, n_size):
    # ∂z[n,u] = where(output[n,u] > 0, ∂output[n,u], 0)    library/layers.nn adjoint of dense_1.output
    # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of dense_1.output
    for u in range(u_size):
        d_bias[u] = f4(0)
    for n in range(n_size):
        for u in range(u_size):
            v0 = where(output[n * u_size + u] > f4(0), d_output[n * u_size + u], f4(0))
            d_z[n * u_size + u] = v0
            d_bias[u] += v0


@kernel
def compute_sum_scale(d_kernel, sum, scale, i_size, j_size):
    # sum = Σ_{i,j} ∂kernel[i,j] · ∂kernel[i,j]    library/every/optimizer.nn
    # scale = 1 / max(sqrt(sum), 1)    library/every/optimizer.nn
    v0 = f4(0)
    for i in range(i_size):
        for j in range(j_size):
            v1 = d_kernel[i * j_size + j]
            v0 += v1 * v1
    sum[0] = v0
    scale[0] = f4(1) / maximum(sqrt(v0), f4(1))


@kernel
def compute_learning_rate(learning, rate_2, rate, step):
    # learning = 0.001 · rate    library/every/optimizer.nn
    # rate = learning · sqrt(1 - 0.999^(step + 1)) / (1 - 0.9^(step + 1))    library/optimizers.nn
    v0 = f4(0.001) * f4(rate)
    learning[0] = v0
    rate_2[0] = v0 * sqrt(f4(1) - power(f4(0.999), f4(step + 1))) / (f4(1) - power(f4(0.9), f4(step + 1)))


@kernel
def compute_kernel_m_kernel_v_kernel(scale, rate_2, kernel_m, d_kernel, kernel_v, kernel, j_size):
    # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j] · scale
    #     library/optimizers.nn
    # kernel:v[i,j] = 0.999 · kernel:v[i,j] + 0.0010000000000000009 · ∂kernel[i,j] · scale · ∂kernel[i,j] ·
    #     scale    library/optimizers.nn
    # kernel[i,j] = kernel[i,j] - rate · kernel:m[i,j] / (sqrt(kernel:v[i,j]) + 1e-7)
    #     library/optimizers.nn
    v0 = scale[0]
    v1 = rate_2[0]
    for j in range(j_size):
        v2 = kernel_m[j]
        v3 = d_kernel[j]
        v4 = f4(0.9) * v2 + f4(0.09999999999999998) * (v3 * v0)
        kernel_m[j] = v4
        v5 = kernel_v[j]
        v6 = f4(0.999) * v5 + f4(0.0010000000000000009) * (v3 * v0 * (v3 * v0))
        kernel_v[j] = v6
        v7 = kernel[j] - v1 * v4 / (sqrt(v6) + f4(1e-07))
        kernel[j] = v7


@kernel
def compute_sum_scale_2(d_bias, sum, scale, i_size):
    # sum = Σ_i ∂bias[i] · ∂bias[i]    library/every/optimizer.nn
    # scale = 1 / max(sqrt(sum), 1)    library/every/optimizer.nn
    v0 = f4(0)
    for i in range(i_size):
        v1 = d_bias[i]
        v0 += v1 * v1
    sum[0] = v0
    scale[0] = f4(1) / maximum(sqrt(v0), f4(1))


@kernel
def compute_x_max_exp_2(z, bias, x, max, exp_2, sum, p, n_size, u_size, c_size):
    # x[n,u] = z[n,u] + bias[u]    library/layers.nn
    # max[n] = max[c](x[n,c])    library/activations.nn
    # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
    # sum[n] = Σ_c exp[n,c]    library/activations.nn
    # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
    for n in range(n_size):
        for u in range(u_size):
            x[n * u_size + u] = z[n * u_size + u] + bias[u]
        v0 = f4(-inf)
        for c in range(c_size):
            v0 = maximum(v0, x[n * c_size + c])
        max[n] = v0
        for c in range(c_size):
            exp_2[n * c_size + c] = exp(x[n * c_size + c] - v0)
        v1 = f4(0)
        for c in range(c_size):
            v1 += exp_2[n * c_size + c]
        sum[n] = v1
        for c in range(c_size):
            p[n * c_size + c] = exp_2[n * c_size + c] / v1


@rare
def compute_accuracy_result(accuracy_count, accuracy_sum, accuracy_result):
    # accuracy result = accuracy sum / where(accuracy count == 0, 1, accuracy count)    classification.nn:10
    v0 = accuracy_count[0]
    accuracy_result[0] = accuracy_sum[0] / where(v0 == f8(0), f8(1), v0)


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
        (COMPUTE_KERNEL, at.dense_1_kernel, 30, 1000001),
        # kernel[i,j] = -0.7385489458759964 + 1.4770978917519928 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_2, at.dense_1_kernel, 30),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_1_bias, 5),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_2_kernel, 15, 1000002),
        # kernel[i,j] = -0.8660254037844386 + 1.7320508075688772 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_3, at.dense_2_kernel, 15),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_2_bias, 3),
    ]


def begin_rows(at, batch):
    """The operations of `begin`, in order."""
    return [
        # kernel:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_kernel_m, 30),
        # kernel:v[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_kernel_v, 30),
        # bias:m[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_bias_m, 5),
        # bias:v[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_bias_v, 5),
        # kernel:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_2_kernel_m, 15),
        # kernel:v[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_2_kernel_v, 15),
        # bias:m[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_2_bias_m, 3),
        # bias:v[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_2_bias_v, 3),
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
        elif operation == COMPUTE_X_MAX_EXP:
            compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                              view(real, row[9]), row[10], row[11], row[12], row[13])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
        elif operation == COMPUTE_ARGMAX_ACCURACY:
            compute_argmax_accuracy(view(real, row[1]), view(whole, row[2]), view(whole, row[3]), view(real, row[4]),
                                    row[5], row[6])
        elif operation == COMPUTE_ACCURACY_SUM_ACCURACY_COUNT:
            compute_accuracy_sum_accuracy_count(view(real, row[1]), view(real, row[2]), view(total, row[3]),
                                                view(total, row[4]), row[5])
        elif operation == COMPUTE_D_SUM:
            compute_d_sum(view(real, row[1]), batch)
        elif operation == COMPUTE_D_LOSS_D_SUM:
            compute_d_loss_d_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                 view(real, row[5]), row[6])
        elif operation == COMPUTE_D_X_D_BIAS:
            compute_d_x_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(whole, row[4]),
                               view(real, row[5]), view(real, row[6]), row[7], row[8], row[9], row[10])
        elif operation == COMPUTE_D_Z_D_BIAS:
            compute_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5],
                               row[6])
        elif operation == COMPUTE_SUM_SCALE:
            compute_sum_scale(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_LEARNING_RATE:
            compute_learning_rate(view(real, row[1]), view(real, row[2]), rate, step)
        elif operation == COMPUTE_KERNEL_M_KERNEL_V_KERNEL:
            compute_kernel_m_kernel_v_kernel(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                             view(real, row[4]), view(real, row[5]), view(real, row[6]), row[7])
        elif operation == COMPUTE_SUM_SCALE_2:
            compute_sum_scale_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 5, 6, at.x, 6, at.dense_1_kernel, 5, 0, at.dense_1_z, 5),
        # output[n,u] = where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 0)    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_1_z, at.dense_1_bias, at.dense_1_output, batch, 5),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 5, at.dense_1_output, 5, at.dense_2_kernel, 3, 0, at.dense_2_z, 3),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
        # loss[n] = log(sum[n]) - (x[n,p[n]] - stop(max[n]))    classification.nn:8
        (COMPUTE_X_MAX_EXP, at.dense_2_z, at.dense_2_bias, at.dense_2_softmax_x, at.p_max, at.p_exp, at.p_sum, at.p,
         at.target_p, at.loss, batch, 3, 3, 3),
        # sum = Σ_n sample weight[n] · loss[n]    classification.nn:8
        # objective = sum / batch    classification.nn:8
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch),
        # argmax[n] = argmax[k](p[n,k])    library/metrics.nn
        # accuracy[n] = p[n] == argmax[n]    library/metrics.nn
        (COMPUTE_ARGMAX_ACCURACY, at.p, at.accuracy_argmax, at.target_p, at.accuracy, batch, 3),
        # accuracy sum += Σ_n sample weight[n] · accuracy[n]    classification.nn:10
        # accuracy count += Σ_n sample weight[n]    classification.nn:10
        (COMPUTE_ACCURACY_SUM_ACCURACY_COUNT, at.sample_weight, at.accuracy, at.accuracy_sum, at.accuracy_count, batch),
        # ∂sum = 1 / batch    classification.nn:8 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂loss[n] = ∂sum · sample weight[n]    classification.nn:8 adjoint of objective.sum
        # ∂sum[n] = ∂loss[n] / sum[n]    classification.nn:8 adjoint of loss
        (COMPUTE_D_LOSS_D_SUM, at.d_objective_sum, at.sample_weight, at.d_loss, at.p_sum, at.d_p_sum, batch),
        # ∂x[i0,i1] = 0    classification.nn:8 cleared
        # ∂x[n,p[n]] += -∂loss[n]    classification.nn:8 adjoint of loss
        # ∂x[n,c] += ∂sum[n] · exp[n,c]    library/activations.nn adjoint of p.exp
        # ∂bias[u] = Σ_n ∂x[n,u]    library/layers.nn adjoint of dense_2.softmax.x
        (COMPUTE_D_X_D_BIAS, at.d_dense_2_bias, at.d_dense_2_softmax_x, at.d_loss, at.target_p, at.d_p_sum, at.p_exp, 3,
         batch, 3, 3),
        # ∂output[n,i] = Σ_u ∂x[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_2.z
        (GEMM, 0, 1, batch, 5, 3, at.d_dense_2_softmax_x, 3, at.dense_2_kernel, 3, 0, at.d_dense_1_output, 5),
        # ∂kernel[i,u] = Σ_n ∂x[n,u] · output[n,i]    library/layers.nn adjoint of dense_2.z
        (GEMM, 1, 0, 5, 3, batch, at.dense_1_output, 5, at.d_dense_2_softmax_x, 3, 0, at.d_dense_2_kernel, 3),
        # ∂z[n,u] = where(output[n,u] > 0, ∂output[n,u], 0)    library/layers.nn adjoint of dense_1.output
        # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of dense_1.output
        (COMPUTE_D_Z_D_BIAS, at.d_dense_1_bias, at.dense_1_output, at.d_dense_1_output, at.d_dense_1_z, 5, batch),
        # ∂kernel[i,u] = Σ_n ∂z[n,u] · x[n,i]    library/layers.nn adjoint of dense_1.z
        (GEMM, 1, 0, 6, 5, batch, at.x, 6, at.d_dense_1_z, 5, 0, at.d_dense_1_kernel, 5),
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # sum = Σ_{i,j} ∂kernel[i,j] · ∂kernel[i,j]    library/every/optimizer.nn
        # scale = 1 / max(sqrt(sum), 1)    library/every/optimizer.nn
        (COMPUTE_SUM_SCALE, at.d_dense_1_kernel, at.dense_1_kernel_scale_sum, at.dense_1_kernel_scale, 6, 5),
        # learning = 0.001 · rate    library/every/optimizer.nn
        # rate = learning · sqrt(1 - 0.999^(step + 1)) / (1 - 0.9^(step + 1))    library/optimizers.nn
        (COMPUTE_LEARNING_RATE, at.learning, at.rate),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j] · scale
        #     library/optimizers.nn
        # kernel:v[i,j] = 0.999 · kernel:v[i,j] + 0.0010000000000000009 · ∂kernel[i,j] · scale · ∂kernel[i,j] ·
        #     scale    library/optimizers.nn
        # kernel[i,j] = kernel[i,j] - rate · kernel:m[i,j] / (sqrt(kernel:v[i,j]) + 1e-7)
        #     library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL_V_KERNEL, at.dense_1_kernel_scale, at.rate, at.dense_1_kernel_m, at.d_dense_1_kernel,
         at.dense_1_kernel_v, at.dense_1_kernel, 30),
        # sum = Σ_i ∂bias[i] · ∂bias[i]    library/every/optimizer.nn
        # scale = 1 / max(sqrt(sum), 1)    library/every/optimizer.nn
        (COMPUTE_SUM_SCALE_2, at.d_dense_1_bias, at.dense_1_bias_scale_sum, at.dense_1_bias_scale, 5),
        # bias:m[i] = 0.9 · bias:m[i] + 0.09999999999999998 · ∂bias[i] · scale    library/optimizers.nn
        # bias:v[i] = 0.999 · bias:v[i] + 0.0010000000000000009 · ∂bias[i] · scale · ∂bias[i] · scale
        #     library/optimizers.nn
        # bias[i] = bias[i] - rate · bias:m[i] / (sqrt(bias:v[i]) + 1e-7)    library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL_V_KERNEL, at.dense_1_bias_scale, at.rate, at.dense_1_bias_m, at.d_dense_1_bias,
         at.dense_1_bias_v, at.dense_1_bias, 5),
        # sum = Σ_{i,j} ∂kernel[i,j] · ∂kernel[i,j]    library/every/optimizer.nn
        # scale = 1 / max(sqrt(sum), 1)    library/every/optimizer.nn
        (COMPUTE_SUM_SCALE, at.d_dense_2_kernel, at.dense_2_kernel_scale_sum, at.dense_2_kernel_scale, 5, 3),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j] · scale
        #     library/optimizers.nn
        # kernel:v[i,j] = 0.999 · kernel:v[i,j] + 0.0010000000000000009 · ∂kernel[i,j] · scale · ∂kernel[i,j] ·
        #     scale    library/optimizers.nn
        # kernel[i,j] = kernel[i,j] - rate · kernel:m[i,j] / (sqrt(kernel:v[i,j]) + 1e-7)
        #     library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL_V_KERNEL, at.dense_2_kernel_scale, at.rate, at.dense_2_kernel_m, at.d_dense_2_kernel,
         at.dense_2_kernel_v, at.dense_2_kernel, 15),
        # sum = Σ_i ∂bias[i] · ∂bias[i]    library/every/optimizer.nn
        # scale = 1 / max(sqrt(sum), 1)    library/every/optimizer.nn
        (COMPUTE_SUM_SCALE_2, at.d_dense_2_bias, at.dense_2_bias_scale_sum, at.dense_2_bias_scale, 3),
        # bias:m[i] = 0.9 · bias:m[i] + 0.09999999999999998 · ∂bias[i] · scale    library/optimizers.nn
        # bias:v[i] = 0.999 · bias:v[i] + 0.0010000000000000009 · ∂bias[i] · scale · ∂bias[i] · scale
        #     library/optimizers.nn
        # bias[i] = bias[i] - rate · bias:m[i] / (sqrt(bias:v[i]) + 1e-7)    library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL_V_KERNEL, at.dense_2_bias_scale, at.rate, at.dense_2_bias_m, at.d_dense_2_bias,
         at.dense_2_bias_v, at.dense_2_bias, 3),
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
        elif operation == COMPUTE_X_MAX_EXP:
            compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                              view(real, row[9]), row[10], row[11], row[12], row[13])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
        elif operation == COMPUTE_ARGMAX_ACCURACY:
            compute_argmax_accuracy(view(real, row[1]), view(whole, row[2]), view(whole, row[3]), view(real, row[4]),
                                    row[5], row[6])
        elif operation == COMPUTE_ACCURACY_SUM_ACCURACY_COUNT:
            compute_accuracy_sum_accuracy_count(view(real, row[1]), view(real, row[2]), view(total, row[3]),
                                                view(total, row[4]), row[5])
    restore_denormals(word)


def assess_rows(at, batch):
    """The operations of `assess`, in order."""
    return [
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 5, 6, at.x, 6, at.dense_1_kernel, 5, 0, at.dense_1_z, 5),
        # output[n,u] = where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 0)    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_1_z, at.dense_1_bias, at.dense_1_output, batch, 5),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 5, at.dense_1_output, 5, at.dense_2_kernel, 3, 0, at.dense_2_z, 3),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
        # loss[n] = log(sum[n]) - (x[n,p[n]] - stop(max[n]))    classification.nn:8
        (COMPUTE_X_MAX_EXP, at.dense_2_z, at.dense_2_bias, at.dense_2_softmax_x, at.p_max, at.p_exp, at.p_sum, at.p,
         at.target_p, at.loss, batch, 3, 3, 3),
        # sum = Σ_n sample weight[n] · loss[n]    classification.nn:8
        # objective = sum / batch    classification.nn:8
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch),
        # argmax[n] = argmax[k](p[n,k])    library/metrics.nn
        # accuracy[n] = p[n] == argmax[n]    library/metrics.nn
        (COMPUTE_ARGMAX_ACCURACY, at.p, at.accuracy_argmax, at.target_p, at.accuracy, batch, 3),
        # accuracy sum += Σ_n sample weight[n] · accuracy[n]    classification.nn:10
        # accuracy count += Σ_n sample weight[n]    classification.nn:10
        (COMPUTE_ACCURACY_SUM_ACCURACY_COUNT, at.sample_weight, at.accuracy, at.accuracy_sum, at.accuracy_count, batch),
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
        elif operation == COMPUTE_X_MAX_EXP_2:
            compute_x_max_exp_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9], row[10])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 5, 6, at.x, 6, at.dense_1_kernel, 5, 0, at.dense_1_z, 5),
        # output[n,u] = where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 0)    library/layers.nn
        (COMPUTE_OUTPUT, at.dense_1_z, at.dense_1_bias, at.dense_1_output, batch, 5),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 5, at.dense_1_output, 5, at.dense_2_kernel, 3, 0, at.dense_2_z, 3),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
        (COMPUTE_X_MAX_EXP_2, at.dense_2_z, at.dense_2_bias, at.dense_2_softmax_x, at.p_max, at.p_exp, at.p_sum, at.p,
         batch, 3, 3),
    ]


@entry
def finish(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of finish."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_ACCURACY_RESULT:
            compute_accuracy_result(view(total, row[1]), view(total, row[2]), view(total, row[3]))
    restore_denormals(word)


def finish_rows(at, batch):
    """The operations of `finish`, in order."""
    return [
        # accuracy result = accuracy sum / where(accuracy count == 0, 1, accuracy count)    classification.nn:10
        (COMPUTE_ACCURACY_RESULT, at.accuracy_count, at.accuracy_sum, at.accuracy_result),
    ]


@entry
def train(real, whole, total, rows, short_rows, split, short_split, places, order, start, stop, size, step, seed, rate,
          meeting, thread, threads, all_x, all_target_p, all_sample_weight):
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
        gather_rows(all_target_p, order, done + first, last - first,
                    view(whole, places[2] + first * all_target_p.shape[1]))
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
            elif operation == COMPUTE_X_MAX_EXP:
                compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                                  view(real, row[9]), row[10], row[11], row[12], row[13])
            elif operation == COMPUTE_SUM_OBJECTIVE:
                compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      row[5], batch)
            elif operation == COMPUTE_ARGMAX_ACCURACY:
                compute_argmax_accuracy(view(real, row[1]), view(whole, row[2]), view(whole, row[3]),
                                        view(real, row[4]), row[5], row[6])
            elif operation == COMPUTE_ACCURACY_SUM_ACCURACY_COUNT:
                compute_accuracy_sum_accuracy_count(view(real, row[1]), view(real, row[2]), view(total, row[3]),
                                                    view(total, row[4]), row[5])
            elif operation == COMPUTE_D_SUM:
                compute_d_sum(view(real, row[1]), batch)
            elif operation == COMPUTE_D_LOSS_D_SUM:
                compute_d_loss_d_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                     view(real, row[5]), row[6])
            elif operation == COMPUTE_D_X_D_BIAS:
                compute_d_x_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(whole, row[4]),
                                   view(real, row[5]), view(real, row[6]), row[7], row[8], row[9], row[10])
            elif operation == COMPUTE_D_Z_D_BIAS:
                compute_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   row[5], row[6])
            elif operation == COMPUTE_SUM_SCALE:
                compute_sum_scale(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
            elif operation == COMPUTE_LEARNING_RATE:
                compute_learning_rate(view(real, row[1]), view(real, row[2]), rate, step)
            elif operation == COMPUTE_KERNEL_M_KERNEL_V_KERNEL:
                compute_kernel_m_kernel_v_kernel(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                                 view(real, row[4]), view(real, row[5]), view(real, row[6]), row[7])
            elif operation == COMPUTE_SUM_SCALE_2:
                compute_sum_scale_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
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
