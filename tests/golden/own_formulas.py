"""The model own_formulas, compiled by nndsl."""

from nndsl.kernels import (
    absolute,
    draw_uniform,
    entry,
    exp,
    f4,
    flush_denormals,
    gather_rows,
    gemm,
    isfinite,
    kernel,
    meet,
    power,
    rare,
    restore_denormals,
    sigmoid,
    sign,
    view,
    where,
)

GEMM = 0
COMPUTE_KERNEL = 1
COMPUTE_KERNEL_2 = 2
COMPUTE_GATE_BIAS = 3
COMPUTE_KERNEL_3 = 4
COMPUTE_BIAS = 5
COMPUTE_T_OUTPUT = 6
COMPUTE_T_OUTPUT_2 = 7
COMPUTE_Y_SUM_LOSS = 8
COMPUTE_SUM_OBJECTIVE = 9
COMPUTE_D_SUM = 10
COMPUTE_D_LOSS_D_SUM_D_Y = 11
COMPUTE_D_T_D_H_D_OUTPUT = 12
COMPUTE_D_T_D_H_D_SUM = 13
COMPUTE_LEARNING = 14
COMPUTE_KERNEL_M = 15
COMPUTE_FACTOR = 16
COMPUTE_KERNEL_4 = 17
COMPUTE_GATE_KERNEL_M_GATE_KERNEL = 18
COMPUTE_Y = 19
MEET = 20

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_T_OUTPUT: (7, (7, 8), ((1, (8,)), (3, (8,)), (4, (8,)), (5, (8,)), (6, (8,)))),
    COMPUTE_T_OUTPUT_2: (7, (7, 8), ((1, (8,)), (3, (8,)), (4, (8,)), (5, (8,)), (6, (8,)))),
    COMPUTE_KERNEL_M: (3, (3,), ((1, ()), (2, ()))),
    COMPUTE_KERNEL_4: (5, (5,), ((3, ()), (4, ()))),
    COMPUTE_GATE_KERNEL_M_GATE_KERNEL: (6, (6,), ((3, ()), (4, ()), (5, ()))),
}


@rare
def compute_kernel(kernel, j_size, stream, seed, step):
    # kernel[i,j] = uniform()    own_formulas.nn:6
    for j in range(j_size):
        kernel[j] = f4(draw_uniform(seed, step, stream, j))


@rare
def compute_kernel_2(kernel, j_size):
    # kernel[i,j] = -0.8660254037844386 + 1.7320508075688772 · kernel[i,j]    own_formulas.nn:6
    for j in range(j_size):
        v0 = f4(-0.8660254037844386) + f4(1.7320508075688772) * kernel[j]
        kernel[j] = v0


@rare
def compute_gate_bias(gate_bias, i_size):
    # gate_bias[i] = -1    own_formulas.nn:8
    for i in range(i_size):
        gate_bias[i] = f4(-1)


@rare
def compute_kernel_3(kernel, j_size):
    # kernel[i,j] = -1 + 2 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-1) + f4(2) * kernel[j]
        kernel[j] = v0


@rare
def compute_bias(bias, i_size):
    # bias[i] = 0    library/layers.nn
    for i in range(i_size):
        bias[i] = f4(0)


@kernel
def compute_t_output(sum, gate_bias, t, h, x, output, n_size, u_size):
    # t[n,u] = sigmoid(sum[n,u] + gate_bias[u])    library/activations.nn
    # output[n,u] = t[n,u] · h[n,u] · exp(-0.5 · h[n,u] · h[n,u]) + (1 - t[n,u]) · x[n,u]
    #     own_formulas.nn:11
    for n in range(n_size):
        for u in range(u_size):
            v0 = sigmoid(sum[n * u_size + u] + gate_bias[u])
            t[n * u_size + u] = v0
            v1 = h[n * u_size + u]
            output[n * u_size + u] = v0 * (v1 * exp(f4(-0.5) * (v1 * v1))) + (f4(1) - v0) * x[n * u_size + u]


@kernel
def compute_t_output_2(sum, gate_bias, t, h, output, output_2, n_size, u_size):
    # t[n,u] = sigmoid(sum[n,u] + gate_bias[u])    library/activations.nn
    # highway_2.output[n,u] = t[n,u] · h[n,u] · exp(-0.25 · h[n,u] · h[n,u]) + (1 - t[n,u]) ·
    #     highway_1.output[n,u]    own_formulas.nn:11
    for n in range(n_size):
        for u in range(u_size):
            v0 = sigmoid(sum[n * u_size + u] + gate_bias[u])
            t[n * u_size + u] = v0
            v1 = h[n * u_size + u]
            output_2[n * u_size + u] = v0 * (v1 * exp(f4(-0.25) * (v1 * v1))) + (f4(1) - v0) * output[n * u_size + u]


@kernel
def compute_y_sum_loss(z, bias, y, y_2, sum, loss, n_size, u_size, i_size):
    # y[n,u] = z[n,u] + bias[u]    library/layers.nn
    # sum[n] = Σ_i where(abs(target.y[n,i] - y[n,i]) ≤ 0.5, (target.y[n,i] - y[n,i]) · (target.y[n,i] -
    #     y[n,i]) · 0.5, 0.5 · (abs(target.y[n,i] - y[n,i]) - 0.25))    own_formulas.nn:14
    # loss[n] = sum[n] · 0.5    own_formulas.nn:14
    for n in range(n_size):
        for u in range(u_size):
            y[n * u_size + u] = z[n * u_size + u] + bias[u]
        v0 = f4(0)
        for i in range(i_size):
            v1 = y_2[n * i_size + i]
            v2 = y[n * i_size + i]
            v3 = absolute(v1 - v2)
            v0 += where(v3 <= f4(0.5), (v1 - v2) * (v1 - v2) * f4(0.5), f4(0.5) * (v3 - f4(0.25)))
        sum[n] = v0
        loss[n] = v0 * f4(0.5)


@kernel
def compute_sum_objective(sample_weight, loss, sum, objective, n_size, batch):
    # sum = Σ_n sample weight[n] · loss[n]    own_formulas.nn:28
    # objective = sum / batch    own_formulas.nn:28
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * loss[n]
    sum[0] = v0
    objective[0] = v0 / f4(batch)


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / batch    own_formulas.nn:28 adjoint of objective
    d_sum[0] = f4(1) / f4(batch)


@kernel
def compute_d_loss_d_sum_d_y(d_bias, d_sum, sample_weight, d_loss, d_sum_2, y, y_2, d_y, i_size, n_size):
    # ∂loss[n] = ∂sum · sample weight[n]    own_formulas.nn:28 adjoint of objective.sum
    # ∂sum[n] = ∂loss[n] · 0.5    own_formulas.nn:14 adjoint of loss
    # ∂y[n,i] = ∂sum[n] · where(abs(target.y[n,i] - y[n,i]) ≤ 0.5, y[n,i] - target.y[n,i], -0.5 ·
    #     sign(target.y[n,i] - y[n,i]))    own_formulas.nn:14 adjoint of loss.sum
    # ∂bias[u] = Σ_n ∂y[n,u]    library/layers.nn adjoint of y
    for i in range(i_size):
        d_bias[i] = f4(0)
    v0 = d_sum[0]
    for n in range(n_size):
        v1 = v0 * sample_weight[n]
        d_loss[n] = v1
        d_sum_2[n] = v1 * f4(0.5)
        v2 = d_sum_2[n]
        for i in range(i_size):
            v3 = y[n * i_size + i]
            v4 = y_2[n * i_size + i]
            v5 = v2 * where(absolute(v3 - v4) <= f4(0.5), v4 - v3, f4(-0.5) * sign(v3 - v4))
            d_y[n * i_size + i] = v5
            d_bias[i] += v5


@kernel
def compute_d_t_d_h_d_output(d_gate_bias, d_output, h, output, d_t, t, d_h, d_output_2, d_sum, u_size, n_size):
    # ∂t[n,u] = ∂output[n,u] · (h[n,u] · exp(-0.25 · h[n,u] · h[n,u]) - output[n,u])    own_formulas.nn:11
    #     adjoint of highway_2.output
    # ∂h[n,u] = ∂output[n,u] · (t[n,u] · exp(-0.25 · h[n,u] · h[n,u]) - 0.5 · t[n,u] · h[n,u] · h[n,u] ·
    #     exp(-0.25 · h[n,u] · h[n,u]))    own_formulas.nn:11 adjoint of highway_2.output
    # ∂highway_1.output[n,u] = ∂highway_2.output[n,u] · (1 - t[n,u])    own_formulas.nn:11 adjoint of
    #     highway_2.output
    # ∂sum[n,u] = ∂t[n,u] · (1 - t[n,u]) · t[n,u]    library/activations.nn adjoint of highway_2.t
    # ∂gate_bias[u] = Σ_n ∂sum[n,u]    library/activations.nn adjoint of highway_2.t
    for u in range(u_size):
        d_gate_bias[u] = f4(0)
    for n in range(n_size):
        for u in range(u_size):
            v0 = d_output[n * u_size + u]
            v1 = h[n * u_size + u]
            v2 = exp(f4(-0.25) * (v1 * v1))
            v3 = v0 * (v1 * v2 - output[n * u_size + u])
            d_t[n * u_size + u] = v3
            v4 = t[n * u_size + u]
            d_h[n * u_size + u] = v0 * (v4 * v2 - f4(0.5) * v4 * (v1 * v1) * v2)
            d_output_2[n * u_size + u] = v0 * (f4(1) - v4)
            v5 = v3 * ((f4(1) - v4) * v4)
            d_sum[n * u_size + u] = v5
            d_gate_bias[u] += v5


@kernel
def compute_d_t_d_h_d_sum(d_gate_bias, d_output, h, x, d_t, t, d_h, d_sum, u_size, n_size):
    # ∂t[n,u] = ∂output[n,u] · (h[n,u] · exp(-0.5 · h[n,u] · h[n,u]) - x[n,u])    own_formulas.nn:11 adjoint
    #     of highway_1.output
    # ∂h[n,u] = ∂output[n,u] · (t[n,u] · exp(-0.5 · h[n,u] · h[n,u]) - t[n,u] · h[n,u] · h[n,u] · exp(-0.5 ·
    #     h[n,u] · h[n,u]))    own_formulas.nn:11 adjoint of highway_1.output
    # ∂sum[n,u] = ∂t[n,u] · (1 - t[n,u]) · t[n,u]    library/activations.nn adjoint of highway_1.t
    # ∂gate_bias[u] = Σ_n ∂sum[n,u]    library/activations.nn adjoint of highway_1.t
    for u in range(u_size):
        d_gate_bias[u] = f4(0)
    for n in range(n_size):
        for u in range(u_size):
            v0 = d_output[n * u_size + u]
            v1 = h[n * u_size + u]
            v2 = exp(f4(-0.5) * (v1 * v1))
            v3 = v0 * (v1 * v2 - x[n * u_size + u])
            d_t[n * u_size + u] = v3
            v4 = t[n * u_size + u]
            d_h[n * u_size + u] = v0 * (v4 * v2 - v4 * (v1 * v1) * v2)
            v5 = v3 * ((f4(1) - v4) * v4)
            d_sum[n * u_size + u] = v5
            d_gate_bias[u] += v5


@kernel
def compute_learning(learning, rate):
    # learning = 0.003 · rate    library/every/optimizer.nn
    learning[0] = f4(0.003) * f4(rate)


@kernel
def compute_kernel_m(kernel_m, d_kernel, j_size):
    # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j]    own_formulas.nn:18
    for j in range(j_size):
        v0 = f4(0.9) * kernel_m[j] + f4(0.09999999999999998) * d_kernel[j]
        kernel_m[j] = v0


@kernel
def compute_factor(factor, step):
    # factor = 0.001 · (1 - 0.9^(step + 1))    own_formulas.nn:19
    factor[0] = f4(0.001) * (f4(1) - power(f4(0.9), f4(step + 1)))


@kernel
def compute_kernel_4(learning, factor, kernel_m, kernel, j_size):
    # kernel[i,j] = kernel[i,j] - learning · kernel:m[i,j] / (abs(kernel:m[i,j]) + factor)
    #     own_formulas.nn:19
    v0 = learning[0]
    v1 = factor[0]
    for j in range(j_size):
        v2 = kernel_m[j]
        v3 = kernel[j] - v0 * v2 / (absolute(v2) + v1)
        kernel[j] = v3


@kernel
def compute_gate_kernel_m_gate_kernel(learning, factor, gate_kernel_m, d_gate_kernel, gate_kernel, j_size):
    # gate_kernel:m[i,j] = 0.9 · gate_kernel:m[i,j] + 0.09999999999999998 · ∂gate_kernel[i,j]
    #     own_formulas.nn:18
    # gate_kernel[i,j] = gate_kernel[i,j] - learning · gate_kernel:m[i,j] / (abs(gate_kernel:m[i,j]) + factor)
    #     own_formulas.nn:19
    v0 = learning[0]
    v1 = factor[0]
    for j in range(j_size):
        v2 = gate_kernel_m[j]
        v3 = f4(0.9) * v2 + f4(0.09999999999999998) * d_gate_kernel[j]
        gate_kernel_m[j] = v3
        v4 = gate_kernel[j] - v0 * v3 / (absolute(v3) + v1)
        gate_kernel[j] = v4


@kernel
def compute_y(z, bias, y, n_size, u_size):
    # y[n,u] = z[n,u] + bias[u]    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            y[n * u_size + u] = z[n * u_size + u] + bias[u]


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
        elif operation == COMPUTE_GATE_BIAS:
            compute_gate_bias(view(real, row[1]), row[2])
        elif operation == COMPUTE_KERNEL_3:
            compute_kernel_3(view(real, row[1]), row[2])
        elif operation == COMPUTE_BIAS:
            compute_bias(view(real, row[1]), row[2])
    restore_denormals(word)


def initial_rows(at, batch):
    """The operations of `initial`, in order."""
    return [
        # kernel[i,j] = uniform()    own_formulas.nn:6
        (COMPUTE_KERNEL, at.highway_1_kernel, 16, 1000001),
        # kernel[i,j] = -0.8660254037844386 + 1.7320508075688772 · kernel[i,j]    own_formulas.nn:6
        (COMPUTE_KERNEL_2, at.highway_1_kernel, 16),
        # gate_kernel[i,j] = uniform()    own_formulas.nn:7
        (COMPUTE_KERNEL, at.highway_1_gate_kernel, 16, 1000002),
        # gate_kernel[i,j] = -0.8660254037844386 + 1.7320508075688772 · gate_kernel[i,j]    own_formulas.nn:7
        (COMPUTE_KERNEL_2, at.highway_1_gate_kernel, 16),
        # gate_bias[i] = -1    own_formulas.nn:8
        (COMPUTE_GATE_BIAS, at.highway_1_gate_bias, 4),
        # kernel[i,j] = uniform()    own_formulas.nn:6
        (COMPUTE_KERNEL, at.highway_2_kernel, 16, 1000003),
        # kernel[i,j] = -0.8660254037844386 + 1.7320508075688772 · kernel[i,j]    own_formulas.nn:6
        (COMPUTE_KERNEL_2, at.highway_2_kernel, 16),
        # gate_kernel[i,j] = uniform()    own_formulas.nn:7
        (COMPUTE_KERNEL, at.highway_2_gate_kernel, 16, 1000004),
        # gate_kernel[i,j] = -0.8660254037844386 + 1.7320508075688772 · gate_kernel[i,j]    own_formulas.nn:7
        (COMPUTE_KERNEL_2, at.highway_2_gate_kernel, 16),
        # gate_bias[i] = -1    own_formulas.nn:8
        (COMPUTE_GATE_BIAS, at.highway_2_gate_bias, 4),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.dense_1_kernel, 8, 1000005),
        # kernel[i,j] = -1 + 2 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_3, at.dense_1_kernel, 8),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_1_bias, 2),
    ]


def begin_rows(at, batch):
    """The operations of `begin`, in order."""
    return [
        # kernel:m[i,j] = 0    own_formulas.nn:17
        (COMPUTE_BIAS, at.highway_1_kernel_m, 16),
        # gate_kernel:m[i,j] = 0    own_formulas.nn:17
        (COMPUTE_BIAS, at.highway_1_gate_kernel_m, 16),
        # gate_bias:m[i] = 0    own_formulas.nn:17
        (COMPUTE_BIAS, at.highway_1_gate_bias_m, 4),
        # kernel:m[i,j] = 0    own_formulas.nn:17
        (COMPUTE_BIAS, at.highway_2_kernel_m, 16),
        # gate_kernel:m[i,j] = 0    own_formulas.nn:17
        (COMPUTE_BIAS, at.highway_2_gate_kernel_m, 16),
        # gate_bias:m[i] = 0    own_formulas.nn:17
        (COMPUTE_BIAS, at.highway_2_gate_bias_m, 4),
        # kernel:m[i,j] = 0    own_formulas.nn:17
        (COMPUTE_BIAS, at.dense_1_kernel_m, 8),
        # bias:m[i] = 0    own_formulas.nn:17
        (COMPUTE_BIAS, at.dense_1_bias_m, 2),
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
        elif operation == COMPUTE_T_OUTPUT:
            compute_t_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                             view(real, row[5]), view(real, row[6]), row[7], row[8])
        elif operation == COMPUTE_T_OUTPUT_2:
            compute_t_output_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                               view(real, row[5]), view(real, row[6]), row[7], row[8])
        elif operation == COMPUTE_Y_SUM_LOSS:
            compute_y_sum_loss(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                               view(real, row[5]), view(real, row[6]), row[7], row[8], row[9])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
        elif operation == COMPUTE_D_SUM:
            compute_d_sum(view(real, row[1]), batch)
        elif operation == COMPUTE_D_LOSS_D_SUM_D_Y:
            compute_d_loss_d_sum_d_y(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                     view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                     row[9], row[10])
        elif operation == COMPUTE_D_T_D_H_D_OUTPUT:
            compute_d_t_d_h_d_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                     view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                     view(real, row[9]), row[10], row[11])
        elif operation == COMPUTE_D_T_D_H_D_SUM:
            compute_d_t_d_h_d_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                  row[9], row[10])
        elif operation == COMPUTE_LEARNING:
            compute_learning(view(real, row[1]), rate)
        elif operation == COMPUTE_KERNEL_M:
            compute_kernel_m(view(real, row[1]), view(real, row[2]), row[3])
        elif operation == COMPUTE_FACTOR:
            compute_factor(view(real, row[1]), step)
        elif operation == COMPUTE_KERNEL_4:
            compute_kernel_4(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5])
        elif operation == COMPUTE_GATE_KERNEL_M_GATE_KERNEL:
            compute_gate_kernel_m_gate_kernel(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                              view(real, row[4]), view(real, row[5]), row[6])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # h[n,u] = Σ_i x[n,i] · kernel[i,u]    own_formulas.nn:9
        (GEMM, 0, 0, batch, 4, 4, at.x, 4, at.highway_1_kernel, 4, 0, at.highway_1_h, 4),
        # sum[n,u] = Σ_i x[n,i] · gate_kernel[i,u]    library/activations.nn
        (GEMM, 0, 0, batch, 4, 4, at.x, 4, at.highway_1_gate_kernel, 4, 0, at.highway_1_t_sum, 4),
        # t[n,u] = sigmoid(sum[n,u] + gate_bias[u])    library/activations.nn
        # output[n,u] = t[n,u] · h[n,u] · exp(-0.5 · h[n,u] · h[n,u]) + (1 - t[n,u]) · x[n,u]
        #     own_formulas.nn:11
        (COMPUTE_T_OUTPUT, at.highway_1_t_sum, at.highway_1_gate_bias, at.highway_1_t, at.highway_1_h, at.x,
         at.highway_1_output, batch, 4),
        # h[n,u] = Σ_i output[n,i] · kernel[i,u]    own_formulas.nn:9
        (GEMM, 0, 0, batch, 4, 4, at.highway_1_output, 4, at.highway_2_kernel, 4, 0, at.highway_2_h, 4),
        # sum[n,u] = Σ_i output[n,i] · gate_kernel[i,u]    library/activations.nn
        (GEMM, 0, 0, batch, 4, 4, at.highway_1_output, 4, at.highway_2_gate_kernel, 4, 0, at.highway_2_t_sum, 4),
        # t[n,u] = sigmoid(sum[n,u] + gate_bias[u])    library/activations.nn
        # highway_2.output[n,u] = t[n,u] · h[n,u] · exp(-0.25 · h[n,u] · h[n,u]) + (1 - t[n,u]) ·
        #     highway_1.output[n,u]    own_formulas.nn:11
        (COMPUTE_T_OUTPUT_2, at.highway_2_t_sum, at.highway_2_gate_bias, at.highway_2_t, at.highway_2_h,
         at.highway_1_output, at.highway_2_output, batch, 4),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 2, 4, at.highway_2_output, 4, at.dense_1_kernel, 2, 0, at.dense_1_z, 2),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_i where(abs(target.y[n,i] - y[n,i]) ≤ 0.5, (target.y[n,i] - y[n,i]) · (target.y[n,i] -
        #     y[n,i]) · 0.5, 0.5 · (abs(target.y[n,i] - y[n,i]) - 0.25))    own_formulas.nn:14
        # loss[n] = sum[n] · 0.5    own_formulas.nn:14
        (COMPUTE_Y_SUM_LOSS, at.dense_1_z, at.dense_1_bias, at.y, at.target_y, at.loss_sum, at.loss, batch, 2, 2),
        # sum = Σ_n sample weight[n] · loss[n]    own_formulas.nn:28
        # objective = sum / batch    own_formulas.nn:28
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch),
        # ∂sum = 1 / batch    own_formulas.nn:28 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂loss[n] = ∂sum · sample weight[n]    own_formulas.nn:28 adjoint of objective.sum
        # ∂sum[n] = ∂loss[n] · 0.5    own_formulas.nn:14 adjoint of loss
        # ∂y[n,i] = ∂sum[n] · where(abs(target.y[n,i] - y[n,i]) ≤ 0.5, y[n,i] - target.y[n,i], -0.5 ·
        #     sign(target.y[n,i] - y[n,i]))    own_formulas.nn:14 adjoint of loss.sum
        # ∂bias[u] = Σ_n ∂y[n,u]    library/layers.nn adjoint of y
        (COMPUTE_D_LOSS_D_SUM_D_Y, at.d_dense_1_bias, at.d_objective_sum, at.sample_weight, at.d_loss, at.d_loss_sum,
         at.target_y, at.y, at.d_y, 2, batch),
        # ∂output[n,i] = Σ_u ∂y[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_1.z
        (GEMM, 0, 1, batch, 4, 2, at.d_y, 2, at.dense_1_kernel, 2, 0, at.d_highway_2_output, 4),
        # ∂kernel[i,u] = Σ_n ∂y[n,u] · output[n,i]    library/layers.nn adjoint of dense_1.z
        (GEMM, 1, 0, 4, 2, batch, at.highway_2_output, 4, at.d_y, 2, 0, at.d_dense_1_kernel, 2),
        # ∂t[n,u] = ∂output[n,u] · (h[n,u] · exp(-0.25 · h[n,u] · h[n,u]) - output[n,u])    own_formulas.nn:11
        #     adjoint of highway_2.output
        # ∂h[n,u] = ∂output[n,u] · (t[n,u] · exp(-0.25 · h[n,u] · h[n,u]) - 0.5 · t[n,u] · h[n,u] · h[n,u] ·
        #     exp(-0.25 · h[n,u] · h[n,u]))    own_formulas.nn:11 adjoint of highway_2.output
        # ∂highway_1.output[n,u] = ∂highway_2.output[n,u] · (1 - t[n,u])    own_formulas.nn:11 adjoint of
        #     highway_2.output
        # ∂sum[n,u] = ∂t[n,u] · (1 - t[n,u]) · t[n,u]    library/activations.nn adjoint of highway_2.t
        # ∂gate_bias[u] = Σ_n ∂sum[n,u]    library/activations.nn adjoint of highway_2.t
        (COMPUTE_D_T_D_H_D_OUTPUT, at.d_highway_2_gate_bias, at.d_highway_2_output, at.highway_2_h, at.highway_1_output,
         at.d_highway_2_t, at.highway_2_t, at.d_highway_2_h, at.d_highway_1_output, at.d_highway_2_t_sum, 4, batch),
        # ∂output[n,i] += Σ_u ∂sum[n,u] · gate_kernel[i,u]    library/activations.nn adjoint of highway_2.t.sum
        (GEMM, 0, 1, batch, 4, 4, at.d_highway_2_t_sum, 4, at.highway_2_gate_kernel, 4, 1, at.d_highway_1_output, 4),
        # ∂gate_kernel[i,u] = Σ_n ∂sum[n,u] · output[n,i]    library/activations.nn adjoint of highway_2.t.sum
        (GEMM, 1, 0, 4, 4, batch, at.highway_1_output, 4, at.d_highway_2_t_sum, 4, 0, at.d_highway_2_gate_kernel, 4),
        # ∂output[n,i] += Σ_u ∂h[n,u] · kernel[i,u]    own_formulas.nn:9 adjoint of highway_2.h
        (GEMM, 0, 1, batch, 4, 4, at.d_highway_2_h, 4, at.highway_2_kernel, 4, 1, at.d_highway_1_output, 4),
        # ∂kernel[i,u] = Σ_n ∂h[n,u] · output[n,i]    own_formulas.nn:9 adjoint of highway_2.h
        (GEMM, 1, 0, 4, 4, batch, at.highway_1_output, 4, at.d_highway_2_h, 4, 0, at.d_highway_2_kernel, 4),
        # ∂t[n,u] = ∂output[n,u] · (h[n,u] · exp(-0.5 · h[n,u] · h[n,u]) - x[n,u])    own_formulas.nn:11 adjoint
        #     of highway_1.output
        # ∂h[n,u] = ∂output[n,u] · (t[n,u] · exp(-0.5 · h[n,u] · h[n,u]) - t[n,u] · h[n,u] · h[n,u] · exp(-0.5 ·
        #     h[n,u] · h[n,u]))    own_formulas.nn:11 adjoint of highway_1.output
        # ∂sum[n,u] = ∂t[n,u] · (1 - t[n,u]) · t[n,u]    library/activations.nn adjoint of highway_1.t
        # ∂gate_bias[u] = Σ_n ∂sum[n,u]    library/activations.nn adjoint of highway_1.t
        (COMPUTE_D_T_D_H_D_SUM, at.d_highway_1_gate_bias, at.d_highway_1_output, at.highway_1_h, at.x, at.d_highway_1_t,
         at.highway_1_t, at.d_highway_1_h, at.d_highway_1_t_sum, 4, batch),
        # ∂gate_kernel[i,u] = Σ_n ∂sum[n,u] · x[n,i]    library/activations.nn adjoint of highway_1.t.sum
        (GEMM, 1, 0, 4, 4, batch, at.x, 4, at.d_highway_1_t_sum, 4, 0, at.d_highway_1_gate_kernel, 4),
        # ∂kernel[i,u] = Σ_n ∂h[n,u] · x[n,i]    own_formulas.nn:9 adjoint of highway_1.h
        (GEMM, 1, 0, 4, 4, batch, at.x, 4, at.d_highway_1_h, 4, 0, at.d_highway_1_kernel, 4),
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # learning = 0.003 · rate    library/every/optimizer.nn
        (COMPUTE_LEARNING, at.learning),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j]    own_formulas.nn:18
        (COMPUTE_KERNEL_M, at.highway_1_kernel_m, at.d_highway_1_kernel, 16),
        # factor = 0.001 · (1 - 0.9^(step + 1))    own_formulas.nn:19
        (COMPUTE_FACTOR, at.factor),
        # kernel[i,j] = kernel[i,j] - learning · kernel:m[i,j] / (abs(kernel:m[i,j]) + factor)
        #     own_formulas.nn:19
        (COMPUTE_KERNEL_4, at.learning, at.factor, at.highway_1_kernel_m, at.highway_1_kernel, 16),
        # gate_kernel:m[i,j] = 0.9 · gate_kernel:m[i,j] + 0.09999999999999998 · ∂gate_kernel[i,j]
        #     own_formulas.nn:18
        # gate_kernel[i,j] = gate_kernel[i,j] - learning · gate_kernel:m[i,j] / (abs(gate_kernel:m[i,j]) + factor)
        #     own_formulas.nn:19
        (COMPUTE_GATE_KERNEL_M_GATE_KERNEL, at.learning, at.factor, at.highway_1_gate_kernel_m,
         at.d_highway_1_gate_kernel, at.highway_1_gate_kernel, 16),
        # gate_bias:m[i] = 0.9 · gate_bias:m[i] + 0.09999999999999998 · ∂gate_bias[i]    own_formulas.nn:18
        # gate_bias[i] = gate_bias[i] - learning · gate_bias:m[i] / (abs(gate_bias:m[i]) + factor)
        #     own_formulas.nn:19
        (COMPUTE_GATE_KERNEL_M_GATE_KERNEL, at.learning, at.factor, at.highway_1_gate_bias_m, at.d_highway_1_gate_bias,
         at.highway_1_gate_bias, 4),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j]    own_formulas.nn:18
        # kernel[i,j] = kernel[i,j] - learning · kernel:m[i,j] / (abs(kernel:m[i,j]) + factor)
        #     own_formulas.nn:19
        (COMPUTE_GATE_KERNEL_M_GATE_KERNEL, at.learning, at.factor, at.highway_2_kernel_m, at.d_highway_2_kernel,
         at.highway_2_kernel, 16),
        # gate_kernel:m[i,j] = 0.9 · gate_kernel:m[i,j] + 0.09999999999999998 · ∂gate_kernel[i,j]
        #     own_formulas.nn:18
        # gate_kernel[i,j] = gate_kernel[i,j] - learning · gate_kernel:m[i,j] / (abs(gate_kernel:m[i,j]) + factor)
        #     own_formulas.nn:19
        (COMPUTE_GATE_KERNEL_M_GATE_KERNEL, at.learning, at.factor, at.highway_2_gate_kernel_m,
         at.d_highway_2_gate_kernel, at.highway_2_gate_kernel, 16),
        # gate_bias:m[i] = 0.9 · gate_bias:m[i] + 0.09999999999999998 · ∂gate_bias[i]    own_formulas.nn:18
        # gate_bias[i] = gate_bias[i] - learning · gate_bias:m[i] / (abs(gate_bias:m[i]) + factor)
        #     own_formulas.nn:19
        (COMPUTE_GATE_KERNEL_M_GATE_KERNEL, at.learning, at.factor, at.highway_2_gate_bias_m, at.d_highway_2_gate_bias,
         at.highway_2_gate_bias, 4),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j]    own_formulas.nn:18
        # kernel[i,j] = kernel[i,j] - learning · kernel:m[i,j] / (abs(kernel:m[i,j]) + factor)
        #     own_formulas.nn:19
        (COMPUTE_GATE_KERNEL_M_GATE_KERNEL, at.learning, at.factor, at.dense_1_kernel_m, at.d_dense_1_kernel,
         at.dense_1_kernel, 8),
        # bias:m[i] = 0.9 · bias:m[i] + 0.09999999999999998 · ∂bias[i]    own_formulas.nn:18
        # bias[i] = bias[i] - learning · bias:m[i] / (abs(bias:m[i]) + factor)    own_formulas.nn:19
        (COMPUTE_GATE_KERNEL_M_GATE_KERNEL, at.learning, at.factor, at.dense_1_bias_m, at.d_dense_1_bias,
         at.dense_1_bias, 2),
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
        elif operation == COMPUTE_T_OUTPUT:
            compute_t_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                             view(real, row[5]), view(real, row[6]), row[7], row[8])
        elif operation == COMPUTE_T_OUTPUT_2:
            compute_t_output_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                               view(real, row[5]), view(real, row[6]), row[7], row[8])
        elif operation == COMPUTE_Y_SUM_LOSS:
            compute_y_sum_loss(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                               view(real, row[5]), view(real, row[6]), row[7], row[8], row[9])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
    restore_denormals(word)


def assess_rows(at, batch):
    """The operations of `assess`, in order."""
    return [
        # h[n,u] = Σ_i x[n,i] · kernel[i,u]    own_formulas.nn:9
        (GEMM, 0, 0, batch, 4, 4, at.x, 4, at.highway_1_kernel, 4, 0, at.highway_1_h, 4),
        # sum[n,u] = Σ_i x[n,i] · gate_kernel[i,u]    library/activations.nn
        (GEMM, 0, 0, batch, 4, 4, at.x, 4, at.highway_1_gate_kernel, 4, 0, at.highway_1_t_sum, 4),
        # t[n,u] = sigmoid(sum[n,u] + gate_bias[u])    library/activations.nn
        # output[n,u] = t[n,u] · h[n,u] · exp(-0.5 · h[n,u] · h[n,u]) + (1 - t[n,u]) · x[n,u]
        #     own_formulas.nn:11
        (COMPUTE_T_OUTPUT, at.highway_1_t_sum, at.highway_1_gate_bias, at.highway_1_t, at.highway_1_h, at.x,
         at.highway_1_output, batch, 4),
        # h[n,u] = Σ_i output[n,i] · kernel[i,u]    own_formulas.nn:9
        (GEMM, 0, 0, batch, 4, 4, at.highway_1_output, 4, at.highway_2_kernel, 4, 0, at.highway_2_h, 4),
        # sum[n,u] = Σ_i output[n,i] · gate_kernel[i,u]    library/activations.nn
        (GEMM, 0, 0, batch, 4, 4, at.highway_1_output, 4, at.highway_2_gate_kernel, 4, 0, at.highway_2_t_sum, 4),
        # t[n,u] = sigmoid(sum[n,u] + gate_bias[u])    library/activations.nn
        # highway_2.output[n,u] = t[n,u] · h[n,u] · exp(-0.25 · h[n,u] · h[n,u]) + (1 - t[n,u]) ·
        #     highway_1.output[n,u]    own_formulas.nn:11
        (COMPUTE_T_OUTPUT_2, at.highway_2_t_sum, at.highway_2_gate_bias, at.highway_2_t, at.highway_2_h,
         at.highway_1_output, at.highway_2_output, batch, 4),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 2, 4, at.highway_2_output, 4, at.dense_1_kernel, 2, 0, at.dense_1_z, 2),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_i where(abs(target.y[n,i] - y[n,i]) ≤ 0.5, (target.y[n,i] - y[n,i]) · (target.y[n,i] -
        #     y[n,i]) · 0.5, 0.5 · (abs(target.y[n,i] - y[n,i]) - 0.25))    own_formulas.nn:14
        # loss[n] = sum[n] · 0.5    own_formulas.nn:14
        (COMPUTE_Y_SUM_LOSS, at.dense_1_z, at.dense_1_bias, at.y, at.target_y, at.loss_sum, at.loss, batch, 2, 2),
        # sum = Σ_n sample weight[n] · loss[n]    own_formulas.nn:28
        # objective = sum / batch    own_formulas.nn:28
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch),
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
        elif operation == COMPUTE_T_OUTPUT:
            compute_t_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                             view(real, row[5]), view(real, row[6]), row[7], row[8])
        elif operation == COMPUTE_T_OUTPUT_2:
            compute_t_output_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                               view(real, row[5]), view(real, row[6]), row[7], row[8])
        elif operation == COMPUTE_Y:
            compute_y(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # h[n,u] = Σ_i x[n,i] · kernel[i,u]    own_formulas.nn:9
        (GEMM, 0, 0, batch, 4, 4, at.x, 4, at.highway_1_kernel, 4, 0, at.highway_1_h, 4),
        # sum[n,u] = Σ_i x[n,i] · gate_kernel[i,u]    library/activations.nn
        (GEMM, 0, 0, batch, 4, 4, at.x, 4, at.highway_1_gate_kernel, 4, 0, at.highway_1_t_sum, 4),
        # t[n,u] = sigmoid(sum[n,u] + gate_bias[u])    library/activations.nn
        # output[n,u] = t[n,u] · h[n,u] · exp(-0.5 · h[n,u] · h[n,u]) + (1 - t[n,u]) · x[n,u]
        #     own_formulas.nn:11
        (COMPUTE_T_OUTPUT, at.highway_1_t_sum, at.highway_1_gate_bias, at.highway_1_t, at.highway_1_h, at.x,
         at.highway_1_output, batch, 4),
        # h[n,u] = Σ_i output[n,i] · kernel[i,u]    own_formulas.nn:9
        (GEMM, 0, 0, batch, 4, 4, at.highway_1_output, 4, at.highway_2_kernel, 4, 0, at.highway_2_h, 4),
        # sum[n,u] = Σ_i output[n,i] · gate_kernel[i,u]    library/activations.nn
        (GEMM, 0, 0, batch, 4, 4, at.highway_1_output, 4, at.highway_2_gate_kernel, 4, 0, at.highway_2_t_sum, 4),
        # t[n,u] = sigmoid(sum[n,u] + gate_bias[u])    library/activations.nn
        # highway_2.output[n,u] = t[n,u] · h[n,u] · exp(-0.25 · h[n,u] · h[n,u]) + (1 - t[n,u]) ·
        #     highway_1.output[n,u]    own_formulas.nn:11
        (COMPUTE_T_OUTPUT_2, at.highway_2_t_sum, at.highway_2_gate_bias, at.highway_2_t, at.highway_2_h,
         at.highway_1_output, at.highway_2_output, batch, 4),
        # z[n,u] = Σ_i output[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 2, 4, at.highway_2_output, 4, at.dense_1_kernel, 2, 0, at.dense_1_z, 2),
        # y[n,u] = z[n,u] + bias[u]    library/layers.nn
        (COMPUTE_Y, at.dense_1_z, at.dense_1_bias, at.y, batch, 2),
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
            elif operation == COMPUTE_T_OUTPUT:
                compute_t_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                 view(real, row[5]), view(real, row[6]), row[7], row[8])
            elif operation == COMPUTE_T_OUTPUT_2:
                compute_t_output_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   view(real, row[5]), view(real, row[6]), row[7], row[8])
            elif operation == COMPUTE_Y_SUM_LOSS:
                compute_y_sum_loss(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   view(real, row[5]), view(real, row[6]), row[7], row[8], row[9])
            elif operation == COMPUTE_SUM_OBJECTIVE:
                compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      row[5], batch)
            elif operation == COMPUTE_D_SUM:
                compute_d_sum(view(real, row[1]), batch)
            elif operation == COMPUTE_D_LOSS_D_SUM_D_Y:
                compute_d_loss_d_sum_d_y(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                         view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                         row[9], row[10])
            elif operation == COMPUTE_D_T_D_H_D_OUTPUT:
                compute_d_t_d_h_d_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                         view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                         view(real, row[9]), row[10], row[11])
            elif operation == COMPUTE_D_T_D_H_D_SUM:
                compute_d_t_d_h_d_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                      row[9], row[10])
            elif operation == COMPUTE_LEARNING:
                compute_learning(view(real, row[1]), rate)
            elif operation == COMPUTE_KERNEL_M:
                compute_kernel_m(view(real, row[1]), view(real, row[2]), row[3])
            elif operation == COMPUTE_FACTOR:
                compute_factor(view(real, row[1]), step)
            elif operation == COMPUTE_KERNEL_4:
                compute_kernel_4(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5])
            elif operation == COMPUTE_GATE_KERNEL_M_GATE_KERNEL:
                compute_gate_kernel_m_gate_kernel(view(real, row[1]), view(real, row[2]), view(real, row[3]),
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
