"""The model two_outputs, compiled by nndsl."""

from nndsl.kernels import (
    absolute,
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
    larger,
    log,
    maximum,
    meet,
    minimum,
    plus,
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
COMPUTE_KERNEL_4 = 5
COMPUTE_H = 6
COMPUTE_X_MAX_EXP = 7
COMPUTE_PRICE_SUM_LOSS = 8
COMPUTE_SUM = 9
COMPUTE_SUM_2 = 10
COMPUTE_SUM_3_OBJECTIVE = 11
COMPUTE_ARGMAX_OUTPUT = 12
COMPUTE_KIND_ACCURACY_SUM_KIND_ACCURACY_COUNT = 13
COMPUTE_SUM_3 = 14
COMPUTE_D_SUM = 15
COMPUTE_D_SUM_2_D_H = 16
COMPUTE_D_LOSS_D_OUTPUT = 17
COMPUTE_D_X_D_SUM = 18
COMPUTE_D_PRICE_D_BIAS = 19
COMPUTE_D_X_D_BIAS = 20
COMPUTE_D_Z_D_BIAS = 21
COMPUTE_SQUARES = 22
COMPUTE_SQUARES_2 = 23
COMPUTE_SQUARES_3 = 24
COMPUTE_SQUARES_4 = 25
COMPUTE_SQUARES_SQUARES_SHRINK = 26
COMPUTE_LEARNING_FACTOR = 27
COMPUTE_KERNEL_5 = 28
COMPUTE_RATE = 29
COMPUTE_KERNEL_M_KERNEL_V_KERNEL = 30
COMPUTE_PRICE = 31
COMPUTE_KIND_ACCURACY_RESULT = 32
MEET = 33

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_H: (4, (4, 5), ((1, (5,)), (3, (5,)))),
    COMPUTE_PRICE_SUM_LOSS: (11, (11, 12),
                             ((1, ()), (3, ()), (4, ()), (5, ()), (6, (13,)), (7, ()), (8, ()), (9, ()), (10, ()))),
    COMPUTE_SUM_2: (3, (3, 4), ((1, (4,)), (2, ()))),
    COMPUTE_ARGMAX_OUTPUT: (5, (5, 6), ((1, (6,)), (2, ()), (3, ()), (4, ()))),
    COMPUTE_SUM_3: (4, (4,), ((1, ()), (2, ()), (3, ()))),
    COMPUTE_D_SUM_2_D_H: (5, (5, 6), ((2, ()), (3, (6,)), (4, (6,)))),
    COMPUTE_D_LOSS_D_OUTPUT: (5, (5,), ((2, ()), (3, ()), (4, ()))),
    COMPUTE_KERNEL_5: (3, (3,), ((2, ()),)),
    COMPUTE_KERNEL_M_KERNEL_V_KERNEL: (7, (7,), ((3, ()), (4, ()), (5, ()), (6, ()))),
}


@rare
def compute_kernel(kernel, j_size, stream, seed, step):
    # kernel[i,j] = uniform()    library/layers.nn
    for j in range(j_size):
        kernel[j] = f4(draw_uniform(seed, step, stream, j))


@rare
def compute_kernel_2(kernel, j_size):
    # kernel[i,j] = -0.6546536707079771 + 1.3093073414159542 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.6546536707079771) + f4(1.3093073414159542) * kernel[j]
        kernel[j] = v0


@rare
def compute_bias(bias, i_size):
    # bias[i] = 0    library/layers.nn
    for i in range(i_size):
        bias[i] = f4(0)


@rare
def compute_kernel_3(kernel, j_size):
    # kernel[i,j] = -0.4629100498862757 + 0.9258200997725514 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.4629100498862757) + f4(0.9258200997725514) * kernel[j]
        kernel[j] = v0


@rare
def compute_kernel_4(kernel, j_size):
    # kernel[i,j] = -0.816496580927726 + 1.632993161855452 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.816496580927726) + f4(1.632993161855452) * kernel[j]
        kernel[j] = v0


@kernel
def compute_h(z, bias, h, n_size, u_size):
    # h[n,u] = where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 0)    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            v0 = z[n * u_size + u]
            v1 = bias[u]
            h[n * u_size + u] = where(v0 + v1 > f4(0), v0 + v1, f4(0))


@kernel
def compute_x_max_exp(z, bias, x, max, exp_2, sum, reciprocal_in_kind, kind, n_size, u_size, c_size):
    # x[n,u] = z[n,u] + bias[u]    library/layers.nn
    # max[n] = max[c](x[n,c])    library/activations.nn
    # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
    # sum[n] = Σ_c exp[n,c]    library/activations.nn
    # reciprocal in kind[n] = 1 / sum[n]    library/activations.nn reciprocal
    # kind[n,c] = exp[n,c] · reciprocal in kind[n]    library/activations.nn
    for n in range(n_size):
        for u in range(u_size):
            x[n * u_size + u] = z[n * u_size + u] + bias[u]
        v0 = f4(-inf)
        for c in range(c_size):
            v0 = larger(v0, x[n * c_size + c])
        max[n] = v0
        for c in range(c_size):
            exp_2[n * c_size + c] = exp(x[n * c_size + c] - v0)
        v1 = f4(0)
        for c in range(c_size):
            v1 = plus(v1, exp_2[n * c_size + c])
        sum[n] = v1
        reciprocal_in_kind[n] = f4(1) / v1
        v2 = reciprocal_in_kind[n]
        for c in range(c_size):
            kind[n * c_size + c] = exp_2[n * c_size + c] * v2


@kernel
def compute_price_sum_loss(z, bias, price, price_2, sum, x, kind, max, sum_2, loss, n_size, u_size, stride):
    # price[n,u] = z[n,u] + bias[u]    library/layers.nn
    # sum[n] = Σ_k (target.price[n,k] - price[n,k]) · (target.price[n,k] - price[n,k])    library/losses.nn
    # loss[n] = 0.3 · output.sum[n] - (x[n,kind[n]] - stop(max[n]) - log(kind.sum[n]))    two_outputs.nn:11
    for n in range(n_size):
        for u in range(u_size):
            price[n + u] = z[n + u] + bias[u]
        v0 = f4(0)
        v1 = price_2[n + 0]
        v2 = price[n + 0]
        v0 += (v1 - v2) * (v1 - v2)
        sum[n] = v0
        loss[n] = f4(0.3) * v0 - (x[n * stride + kind[n]] - max[n] - log(sum_2[n]))


@kernel
def compute_sum(sample_weight, loss, sum, n_size):
    # sum = Σ_n sample weight[n] · loss[n]    two_outputs.nn:11
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * loss[n]
    sum[0] = v0


@kernel
def compute_sum_2(h, sum_2, n_size, i_size):
    # sum_2[n] = Σ_i h[n,i] · h[n,i]    two_outputs.nn:11
    for n in range(n_size):
        v0 = f4(0)
        for i in range(i_size):
            v1 = h[n * i_size + i]
            v0 += v1 * v1
        sum_2[n] = v0


@kernel
def compute_sum_3_objective(sum_2, sum_3, sum, objective, n_size, batch):
    # sum_3 = Σ_n 0.00125 · sum_2[n]    two_outputs.nn:11
    # objective = sum / batch + sum_3 / batch    two_outputs.nn:11
    v0 = f4(0)
    for n in range(n_size):
        v0 += f4(0.00125) * sum_2[n]
    sum_3[0] = v0
    objective[0] = sum[0] / f4(batch) + v0 / f4(batch)


@kernel
def compute_argmax_output(kind, argmax, kind_2, output, n_size, k_size):
    # argmax[n] = argmax[k](kind[n,k])    library/metrics.nn
    # output[n] = kind[n] == argmax[n]    library/metrics.nn
    for n in range(n_size):
        v0 = f4(-inf)
        for k in range(k_size):
            v0 = larger(v0, kind[n * k_size + k])
        v1 = k_size
        for k in range(k_size):
            v1 = minimum(v1, where(kind[n * k_size + k] < v0, k_size, k))
        argmax[n] = v1
        output[n] = where(kind_2[n] == argmax[n], f4(1), f4(0))


@kernel
def compute_kind_accuracy_sum_kind_accuracy_count(sample_weight, output, kind_accuracy_sum, kind_accuracy_count,
        n_size):
    # kind_accuracy sum += Σ_n sample weight[n] · output[n]    two_outputs.nn:13
    # kind_accuracy count += Σ_n sample weight[n]    two_outputs.nn:13
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * output[n]
    kind_accuracy_sum[0] += v0
    v1 = f4(0)
    for n in range(n_size):
        v1 += sample_weight[n]
    kind_accuracy_count[0] += v1


@kernel
def compute_sum_3(price, price_2, sum, n_size):
    # sum[n] = Σ_k abs(target.price[n,k] - price[n,k])    library/losses.nn
    for n in range(n_size):
        v0 = f4(0)
        v0 += absolute(price[n + 0] - price_2[n + 0])
        sum[n] = v0


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / batch    two_outputs.nn:11 adjoint of objective
    d_sum[0] = f4(1) / f4(batch)


@kernel
def compute_d_sum_2_d_h(d_sum, d_sum_2, h, d_h, n_size, i_size):
    # ∂sum_2[n] = ∂sum · 0.00125    two_outputs.nn:11 adjoint of objective.sum_3
    # ∂h[n,i] = ∂sum_2[n] · 2 · h[n,i]    two_outputs.nn:11 adjoint of objective.sum_2
    v0 = d_sum[0]
    for n in range(n_size):
        d_sum_2[n] = v0 * f4(0.00125)
        v1 = d_sum_2[n]
        for i in range(i_size):
            d_h[n * i_size + i] = v1 * (f4(2) * h[n * i_size + i])


@kernel
def compute_d_loss_d_output(d_sum, sample_weight, d_loss, d_output, n_size):
    # ∂loss[n] = ∂sum · sample weight[n]    two_outputs.nn:11 adjoint of objective.sum
    # ∂output[n] = ∂loss[n] · 0.3    two_outputs.nn:11 adjoint of loss
    v0 = d_sum[0]
    for n in range(n_size):
        v1 = v0 * sample_weight[n]
        d_loss[n] = v1
        d_output[n] = v1 * f4(0.3)


@kernel
def compute_d_x_d_sum(d_x, d_loss, kind, sum, d_sum, i0_size, i1_size, stride):
    # ∂x[i0,i1] = 0    two_outputs.nn:11 cleared
    # ∂x[n,kind[n]] += -∂loss[n]    two_outputs.nn:11 adjoint of loss
    # ∂sum[n] = ∂loss[n] / sum[n]    two_outputs.nn:11 adjoint of loss
    for i0 in range(i0_size):
        for i1 in range(i1_size):
            d_x[i0 * i1_size + i1] = f4(0)
        v0 = d_loss[i0]
        d_x[i0 * stride + kind[i0]] += -v0
        d_sum[i0] = v0 / sum[i0]


@kernel
def compute_d_price_d_bias(d_bias, d_output, price, price_2, d_price, k_size, n_size):
    # ∂price[n,k] = ∂output[n] · -2 · (target.price[n,k] - price[n,k])    library/losses.nn adjoint of
    #     mean_squared_error.output.sum
    # ∂bias[u] = Σ_n ∂price[n,u]    library/layers.nn adjoint of price
    for k in range(k_size):
        d_bias[k] = f4(0)
    for n in range(n_size):
        v0 = d_output[n]
        for k in range(k_size):
            v1 = v0 * (f4(-2) * (price[n + k] - price_2[n + k]))
            d_price[n + k] = v1
            d_bias[k] += v1


@kernel
def compute_d_x_d_bias(d_bias, d_sum, exp_2, d_x, c_size, n_size):
    # ∂x[n,c] += ∂sum[n] · exp[n,c]    library/activations.nn adjoint of kind.exp
    # ∂bias[u] = Σ_n ∂x[n,u]    library/layers.nn adjoint of kind.softmax.x
    for c in range(c_size):
        d_bias[c] = f4(0)
    for n in range(n_size):
        v0 = d_sum[n]
        for c in range(c_size):
            v1 = d_x[n * c_size + c] + v0 * exp_2[n * c_size + c]
            d_x[n * c_size + c] = v1
            d_bias[c] += v1


@kernel
def compute_d_z_d_bias(d_bias, h, d_h, d_z, u_size, n_size):
    # ∂z[n,u] = where(h[n,u] > 0, ∂h[n,u], 0)    library/layers.nn adjoint of h
    # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of h
    for u in range(u_size):
        d_bias[u] = f4(0)
    for n in range(n_size):
        for u in range(u_size):
            v0 = where(h[n * u_size + u] > f4(0), d_h[n * u_size + u], f4(0))
            d_z[n * u_size + u] = v0
            d_bias[u] += v0


@kernel
def compute_squares(d_kernel, squares, i_size, j_size):
    # squares = Σ_{i,j} ∂kernel[i,j] · ∂kernel[i,j]    library/every/optimizer.nn
    v0 = f4(0)
    for i in range(i_size):
        for j in range(j_size):
            v1 = d_kernel[i * j_size + j]
            v0 += v1 * v1
    squares[0] = v0


@kernel
def compute_squares_2(d_bias, squares, i_size):
    # squares = Σ_i ∂bias[i] · ∂bias[i]    library/every/optimizer.nn
    v0 = f4(0)
    for i in range(i_size):
        v1 = d_bias[i]
        v0 += v1 * v1
    squares[0] = v0


@kernel
def compute_squares_3(d_bias, squares, i_size):
    # squares = Σ_i ∂bias[i] · ∂bias[i]    library/every/optimizer.nn
    v0 = f4(0)
    for i in range(i_size):
        v1 = d_bias[i]
        v0 = plus(v0, v1 * v1)
    squares[0] = v0


@kernel
def compute_squares_4(d_kernel, squares, i_size, j_size):
    # squares = Σ_{i,j} ∂kernel[i,j] · ∂kernel[i,j]    library/every/optimizer.nn
    v0 = f4(0)
    for i in range(i_size):
        for j in range(j_size):
            v1 = d_kernel[i + j]
            v0 += v1 * v1
    squares[0] = v0


@kernel
def compute_squares_squares_shrink(d_bias, squares, squares_2, squares_3, squares_4, squares_5, squares_6, squares_7,
                                   shrink, i_size):
    # squares = Σ_i ∂bias[i] · ∂bias[i]    library/every/optimizer.nn
    # squares = h.kernel.squares + h.bias.squares + kind.kernel.squares + kind.bias.squares +
    #     price.kernel.squares + price.bias.squares    two_outputs.nn:12
    # shrink = 5 / max(sqrt(squares), 5)    library/every/optimizer.nn
    v0 = f4(0)
    for i in range(i_size):
        v1 = d_bias[i]
        v0 += v1 * v1
    squares[0] = v0
    v2 = squares_2[0] + squares_3[0] + (squares_4[0] + squares_5[0]) + (squares_6[0] + v0)
    squares_7[0] = v2
    shrink[0] = f4(5) / maximum(sqrt(v2), f4(5))


@kernel
def compute_learning_factor(learning, factor, rate):
    # learning = 0.001 · rate    library/every/optimizer.nn
    # factor = learning · 0.0001    library/every/optimizer.nn
    v0 = f4(0.001) * f4(rate)
    learning[0] = v0
    factor[0] = v0 * f4(0.0001)


@kernel
def compute_kernel_5(factor, kernel, j_size):
    # kernel[i,j] = kernel[i,j] - factor · kernel[i,j]    library/every/optimizer.nn
    v0 = factor[0]
    for j in range(j_size):
        v1 = kernel[j]
        v2 = v1 - v0 * v1
        kernel[j] = v2


@kernel
def compute_rate(learning, rate_2, step):
    # rate = learning · sqrt(1 - 0.999^(step + 1)) / (1 - 0.9^(step + 1))    library/optimizers.nn
    rate_2[0] = learning[0] * sqrt(f4(1) - power(f4(0.999), f4(step + 1))) / (f4(1) - power(f4(0.9), f4(step + 1)))


@kernel
def compute_kernel_m_kernel_v_kernel(shrink, rate_2, kernel_m, d_kernel, kernel_v, kernel, j_size):
    # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j] · shrink
    #     library/optimizers.nn
    # kernel:v[i,j] = 0.999 · kernel:v[i,j] + 0.0010000000000000009 · ∂kernel[i,j] · shrink · ∂kernel[i,j] ·
    #     shrink    library/optimizers.nn
    # kernel[i,j] = kernel[i,j] - rate · kernel:m[i,j] / (sqrt(kernel:v[i,j]) + 1e-7)
    #     library/optimizers.nn
    v0 = shrink[0]
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
def compute_price(z, bias, price, n_size, u_size):
    # price[n,u] = z[n,u] + bias[u]    library/layers.nn
    for n in range(n_size):
        for u in range(u_size):
            price[n + u] = z[n + u] + bias[u]


@rare
def compute_kind_accuracy_result(kind_accuracy_count, kind_accuracy_sum, kind_accuracy_result):
    # kind_accuracy result = kind_accuracy sum / where(kind_accuracy count == 0, 1, kind_accuracy count)
    #     two_outputs.nn:13
    v0 = kind_accuracy_count[0]
    kind_accuracy_result[0] = kind_accuracy_sum[0] / where(v0 == f8(0), f8(1), v0)


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
        elif operation == COMPUTE_KERNEL_4:
            compute_kernel_4(view(real, row[1]), row[2])
    restore_denormals(word)


def initial_rows(at, batch):
    """The operations of `initial`, in order."""
    return [
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.h_kernel, 48, 1000001),
        # kernel[i,j] = -0.6546536707079771 + 1.3093073414159542 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_2, at.h_kernel, 48),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.h_bias, 8),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.kind_kernel, 160, 1000002),
        # kernel[i,j] = -0.4629100498862757 + 0.9258200997725514 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_3, at.kind_kernel, 160),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.kind_bias, 20),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_KERNEL, at.price_kernel, 8, 1000003),
        # kernel[i,j] = -0.816496580927726 + 1.632993161855452 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL_4, at.price_kernel, 8),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.price_bias, 1),
    ]


def begin_rows(at, batch):
    """The operations of `begin`, in order."""
    return [
        # kernel:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.h_kernel_m, 48),
        # kernel:v[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.h_kernel_v, 48),
        # bias:m[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.h_bias_m, 8),
        # bias:v[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.h_bias_v, 8),
        # kernel:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.kind_kernel_m, 160),
        # kernel:v[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.kind_kernel_v, 160),
        # bias:m[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.kind_bias_m, 20),
        # bias:v[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.kind_bias_v, 20),
        # kernel:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.price_kernel_m, 8),
        # kernel:v[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.price_kernel_v, 8),
        # bias:m[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.price_bias_m, 1),
        # bias:v[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.price_bias_v, 1),
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
        elif operation == COMPUTE_H:
            compute_h(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_X_MAX_EXP:
            compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]), row[9],
                              row[10], row[11])
        elif operation == COMPUTE_PRICE_SUM_LOSS:
            compute_price_sum_loss(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   view(real, row[5]), view(real, row[6]), view(whole, row[7]), view(real, row[8]),
                                   view(real, row[9]), view(real, row[10]), row[11], row[12], row[13])
        elif operation == COMPUTE_SUM:
            compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_SUM_2:
            compute_sum_2(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_SUM_3_OBJECTIVE:
            compute_sum_3_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                    row[5], batch)
        elif operation == COMPUTE_ARGMAX_OUTPUT:
            compute_argmax_output(view(real, row[1]), view(whole, row[2]), view(whole, row[3]), view(real, row[4]),
                                  row[5], row[6])
        elif operation == COMPUTE_KIND_ACCURACY_SUM_KIND_ACCURACY_COUNT:
            compute_kind_accuracy_sum_kind_accuracy_count(view(real, row[1]), view(real, row[2]), view(total, row[3]),
                    view(total, row[4]), row[5])
        elif operation == COMPUTE_SUM_3:
            compute_sum_3(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_D_SUM:
            compute_d_sum(view(real, row[1]), batch)
        elif operation == COMPUTE_D_SUM_2_D_H:
            compute_d_sum_2_d_h(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5],
                                row[6])
        elif operation == COMPUTE_D_LOSS_D_OUTPUT:
            compute_d_loss_d_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                    row[5])
        elif operation == COMPUTE_D_X_D_SUM:
            compute_d_x_d_sum(view(real, row[1]), view(real, row[2]), view(whole, row[3]), view(real, row[4]),
                              view(real, row[5]), row[6], row[7], row[8])
        elif operation == COMPUTE_D_PRICE_D_BIAS:
            compute_d_price_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   view(real, row[5]), row[6], row[7])
        elif operation == COMPUTE_D_X_D_BIAS:
            compute_d_x_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5],
                               row[6])
        elif operation == COMPUTE_D_Z_D_BIAS:
            compute_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5],
                               row[6])
        elif operation == COMPUTE_SQUARES:
            compute_squares(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_SQUARES_2:
            compute_squares_2(view(real, row[1]), view(real, row[2]), row[3])
        elif operation == COMPUTE_SQUARES_3:
            compute_squares_3(view(real, row[1]), view(real, row[2]), row[3])
        elif operation == COMPUTE_SQUARES_4:
            compute_squares_4(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_SQUARES_SQUARES_SHRINK:
            compute_squares_squares_shrink(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                           view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                           view(real, row[7]), view(real, row[8]), view(real, row[9]), row[10])
        elif operation == COMPUTE_LEARNING_FACTOR:
            compute_learning_factor(view(real, row[1]), view(real, row[2]), rate)
        elif operation == COMPUTE_KERNEL_5:
            compute_kernel_5(view(real, row[1]), view(real, row[2]), row[3])
        elif operation == COMPUTE_RATE:
            compute_rate(view(real, row[1]), view(real, row[2]), step)
        elif operation == COMPUTE_KERNEL_M_KERNEL_V_KERNEL:
            compute_kernel_m_kernel_v_kernel(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                             view(real, row[4]), view(real, row[5]), view(real, row[6]), row[7])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 8, 6, at.x, 6, at.h_kernel, 8, 0, at.h_z, 8),
        # h[n,u] = where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 0)    library/layers.nn
        (COMPUTE_H, at.h_z, at.h_bias, at.h, batch, 8),
        # z[n,u] = Σ_i h[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 20, 8, at.h, 8, at.kind_kernel, 20, 0, at.kind_z, 20),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # reciprocal in kind[n] = 1 / sum[n]    library/activations.nn reciprocal
        # kind[n,c] = exp[n,c] · reciprocal in kind[n]    library/activations.nn
        (COMPUTE_X_MAX_EXP, at.kind_z, at.kind_bias, at.kind_softmax_x, at.kind_max, at.kind_exp, at.kind_sum,
         at.reciprocal_in_kind, at.kind, batch, 20, 20),
        # z[n,u] = Σ_i h[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 8, at.h, 8, at.price_kernel, 1, 0, at.price_z, 1),
        # price[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_k (target.price[n,k] - price[n,k]) · (target.price[n,k] - price[n,k])    library/losses.nn
        # loss[n] = 0.3 · output.sum[n] - (x[n,kind[n]] - stop(max[n]) - log(kind.sum[n]))    two_outputs.nn:11
        (COMPUTE_PRICE_SUM_LOSS, at.price_z, at.price_bias, at.price, at.target_price, at.mean_squared_error_output_sum,
         at.kind_softmax_x, at.target_kind, at.kind_max, at.kind_sum, at.loss, batch, 1, 20),
        # sum = Σ_n sample weight[n] · loss[n]    two_outputs.nn:11
        (COMPUTE_SUM, at.sample_weight, at.loss, at.objective_sum, batch),
        # sum_2[n] = Σ_i h[n,i] · h[n,i]    two_outputs.nn:11
        (COMPUTE_SUM_2, at.h, at.objective_sum_2, batch, 8),
        # sum_3 = Σ_n 0.00125 · sum_2[n]    two_outputs.nn:11
        # objective = sum / batch + sum_3 / batch    two_outputs.nn:11
        (COMPUTE_SUM_3_OBJECTIVE, at.objective_sum_2, at.objective_sum_3, at.objective_sum, at.objective, batch),
        # argmax[n] = argmax[k](kind[n,k])    library/metrics.nn
        # output[n] = kind[n] == argmax[n]    library/metrics.nn
        (COMPUTE_ARGMAX_OUTPUT, at.kind, at.accuracy_output_argmax, at.target_kind, at.accuracy_output, batch, 20),
        # kind_accuracy sum += Σ_n sample weight[n] · output[n]    two_outputs.nn:13
        # kind_accuracy count += Σ_n sample weight[n]    two_outputs.nn:13
        (COMPUTE_KIND_ACCURACY_SUM_KIND_ACCURACY_COUNT, at.sample_weight, at.accuracy_output, at.kind_accuracy_sum,
         at.kind_accuracy_count, batch),
        # sum[n] = Σ_k abs(target.price[n,k] - price[n,k])    library/losses.nn
        (COMPUTE_SUM_3, at.target_price, at.price, at.mean_absolute_error_output_sum, batch),
        # price_mae sum += Σ_n sample weight[n] · sum[n]    two_outputs.nn:13
        # price_mae count += Σ_n sample weight[n]    two_outputs.nn:13
        (COMPUTE_KIND_ACCURACY_SUM_KIND_ACCURACY_COUNT, at.sample_weight, at.mean_absolute_error_output_sum,
         at.price_mae_sum, at.price_mae_count, batch),
        # ∂sum = 1 / batch    two_outputs.nn:11 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂sum_2[n] = ∂sum · 0.00125    two_outputs.nn:11 adjoint of objective.sum_3
        # ∂h[n,i] = ∂sum_2[n] · 2 · h[n,i]    two_outputs.nn:11 adjoint of objective.sum_2
        (COMPUTE_D_SUM_2_D_H, at.d_objective_sum, at.d_objective_sum_2, at.h, at.d_h, batch, 8),
        # ∂loss[n] = ∂sum · sample weight[n]    two_outputs.nn:11 adjoint of objective.sum
        # ∂output[n] = ∂loss[n] · 0.3    two_outputs.nn:11 adjoint of loss
        (COMPUTE_D_LOSS_D_OUTPUT, at.d_objective_sum, at.sample_weight, at.d_loss, at.d_mean_squared_error_output,
         batch),
        # ∂x[i0,i1] = 0    two_outputs.nn:11 cleared
        # ∂x[n,kind[n]] += -∂loss[n]    two_outputs.nn:11 adjoint of loss
        # ∂sum[n] = ∂loss[n] / sum[n]    two_outputs.nn:11 adjoint of loss
        (COMPUTE_D_X_D_SUM, at.d_kind_softmax_x, at.d_loss, at.target_kind, at.kind_sum, at.d_kind_sum, batch, 20, 20),
        # ∂price[n,k] = ∂output[n] · -2 · (target.price[n,k] - price[n,k])    library/losses.nn adjoint of
        #     mean_squared_error.output.sum
        # ∂bias[u] = Σ_n ∂price[n,u]    library/layers.nn adjoint of price
        (COMPUTE_D_PRICE_D_BIAS, at.d_price_bias, at.d_mean_squared_error_output, at.target_price, at.price, at.d_price,
         1, batch),
        # ∂h[n,i] += Σ_u ∂price[n,u] · kernel[i,u]    library/layers.nn adjoint of price.z
        (GEMM, 0, 1, batch, 8, 1, at.d_price, 1, at.price_kernel, 1, 1, at.d_h, 8),
        # ∂kernel[i,u] = Σ_n ∂price[n,u] · h[n,i]    library/layers.nn adjoint of price.z
        (GEMM, 1, 0, 8, 1, batch, at.h, 8, at.d_price, 1, 0, at.d_price_kernel, 1),
        # ∂x[n,c] += ∂sum[n] · exp[n,c]    library/activations.nn adjoint of kind.exp
        # ∂bias[u] = Σ_n ∂x[n,u]    library/layers.nn adjoint of kind.softmax.x
        (COMPUTE_D_X_D_BIAS, at.d_kind_bias, at.d_kind_sum, at.kind_exp, at.d_kind_softmax_x, 20, batch),
        # ∂h[n,i] += Σ_u ∂x[n,u] · kernel[i,u]    library/layers.nn adjoint of kind.z
        (GEMM, 0, 1, batch, 8, 20, at.d_kind_softmax_x, 20, at.kind_kernel, 20, 1, at.d_h, 8),
        # ∂kernel[i,u] = Σ_n ∂x[n,u] · h[n,i]    library/layers.nn adjoint of kind.z
        (GEMM, 1, 0, 8, 20, batch, at.h, 8, at.d_kind_softmax_x, 20, 0, at.d_kind_kernel, 20),
        # ∂z[n,u] = where(h[n,u] > 0, ∂h[n,u], 0)    library/layers.nn adjoint of h
        # ∂bias[u] = Σ_n ∂z[n,u]    library/layers.nn adjoint of h
        (COMPUTE_D_Z_D_BIAS, at.d_h_bias, at.h, at.d_h, at.d_h_z, 8, batch),
        # ∂kernel[i,u] = Σ_n ∂z[n,u] · x[n,i]    library/layers.nn adjoint of h.z
        (GEMM, 1, 0, 6, 8, batch, at.x, 6, at.d_h_z, 8, 0, at.d_h_kernel, 8),
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # squares = Σ_{i,j} ∂kernel[i,j] · ∂kernel[i,j]    library/every/optimizer.nn
        (COMPUTE_SQUARES, at.d_h_kernel, at.h_kernel_squares, 6, 8),
        # squares = Σ_i ∂bias[i] · ∂bias[i]    library/every/optimizer.nn
        (COMPUTE_SQUARES_2, at.d_h_bias, at.h_bias_squares, 8),
        # squares = Σ_{i,j} ∂kernel[i,j] · ∂kernel[i,j]    library/every/optimizer.nn
        (COMPUTE_SQUARES, at.d_kind_kernel, at.kind_kernel_squares, 8, 20),
        # squares = Σ_i ∂bias[i] · ∂bias[i]    library/every/optimizer.nn
        (COMPUTE_SQUARES_3, at.d_kind_bias, at.kind_bias_squares, 20),
        # squares = Σ_{i,j} ∂kernel[i,j] · ∂kernel[i,j]    library/every/optimizer.nn
        (COMPUTE_SQUARES_4, at.d_price_kernel, at.price_kernel_squares, 8, 1),
        # squares = Σ_i ∂bias[i] · ∂bias[i]    library/every/optimizer.nn
        # squares = h.kernel.squares + h.bias.squares + kind.kernel.squares + kind.bias.squares +
        #     price.kernel.squares + price.bias.squares    two_outputs.nn:12
        # shrink = 5 / max(sqrt(squares), 5)    library/every/optimizer.nn
        (COMPUTE_SQUARES_SQUARES_SHRINK, at.d_price_bias, at.price_bias_squares, at.h_kernel_squares, at.h_bias_squares,
         at.kind_kernel_squares, at.kind_bias_squares, at.price_kernel_squares, at.squares, at.shrink, 1),
        # learning = 0.001 · rate    library/every/optimizer.nn
        # factor = learning · 0.0001    library/every/optimizer.nn
        (COMPUTE_LEARNING_FACTOR, at.learning, at.factor),
        # kernel[i,j] = kernel[i,j] - factor · kernel[i,j]    library/every/optimizer.nn
        (COMPUTE_KERNEL_5, at.factor, at.h_kernel, 48),
        # rate = learning · sqrt(1 - 0.999^(step + 1)) / (1 - 0.9^(step + 1))    library/optimizers.nn
        (COMPUTE_RATE, at.learning, at.rate),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j] · shrink
        #     library/optimizers.nn
        # kernel:v[i,j] = 0.999 · kernel:v[i,j] + 0.0010000000000000009 · ∂kernel[i,j] · shrink · ∂kernel[i,j] ·
        #     shrink    library/optimizers.nn
        # kernel[i,j] = kernel[i,j] - rate · kernel:m[i,j] / (sqrt(kernel:v[i,j]) + 1e-7)
        #     library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL_V_KERNEL, at.shrink, at.rate, at.h_kernel_m, at.d_h_kernel, at.h_kernel_v, at.h_kernel,
         48),
        # bias[i] = bias[i] - factor · bias[i]    library/every/optimizer.nn
        (COMPUTE_KERNEL_5, at.factor, at.h_bias, 8),
        # bias:m[i] = 0.9 · bias:m[i] + 0.09999999999999998 · ∂bias[i] · shrink    library/optimizers.nn
        # bias:v[i] = 0.999 · bias:v[i] + 0.0010000000000000009 · ∂bias[i] · shrink · ∂bias[i] · shrink
        #     library/optimizers.nn
        # bias[i] = bias[i] - rate · bias:m[i] / (sqrt(bias:v[i]) + 1e-7)    library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL_V_KERNEL, at.shrink, at.rate, at.h_bias_m, at.d_h_bias, at.h_bias_v, at.h_bias, 8),
        # kernel[i,j] = kernel[i,j] - factor · kernel[i,j]    library/every/optimizer.nn
        (COMPUTE_KERNEL_5, at.factor, at.kind_kernel, 160),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j] · shrink
        #     library/optimizers.nn
        # kernel:v[i,j] = 0.999 · kernel:v[i,j] + 0.0010000000000000009 · ∂kernel[i,j] · shrink · ∂kernel[i,j] ·
        #     shrink    library/optimizers.nn
        # kernel[i,j] = kernel[i,j] - rate · kernel:m[i,j] / (sqrt(kernel:v[i,j]) + 1e-7)
        #     library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL_V_KERNEL, at.shrink, at.rate, at.kind_kernel_m, at.d_kind_kernel, at.kind_kernel_v,
         at.kind_kernel, 160),
        # bias[i] = bias[i] - factor · bias[i]    library/every/optimizer.nn
        (COMPUTE_KERNEL_5, at.factor, at.kind_bias, 20),
        # bias:m[i] = 0.9 · bias:m[i] + 0.09999999999999998 · ∂bias[i] · shrink    library/optimizers.nn
        # bias:v[i] = 0.999 · bias:v[i] + 0.0010000000000000009 · ∂bias[i] · shrink · ∂bias[i] · shrink
        #     library/optimizers.nn
        # bias[i] = bias[i] - rate · bias:m[i] / (sqrt(bias:v[i]) + 1e-7)    library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL_V_KERNEL, at.shrink, at.rate, at.kind_bias_m, at.d_kind_bias, at.kind_bias_v,
         at.kind_bias, 20),
        # kernel[i,j] = kernel[i,j] - factor · kernel[i,j]    library/every/optimizer.nn
        (COMPUTE_KERNEL_5, at.factor, at.price_kernel, 8),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j] · shrink
        #     library/optimizers.nn
        # kernel:v[i,j] = 0.999 · kernel:v[i,j] + 0.0010000000000000009 · ∂kernel[i,j] · shrink · ∂kernel[i,j] ·
        #     shrink    library/optimizers.nn
        # kernel[i,j] = kernel[i,j] - rate · kernel:m[i,j] / (sqrt(kernel:v[i,j]) + 1e-7)
        #     library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL_V_KERNEL, at.shrink, at.rate, at.price_kernel_m, at.d_price_kernel, at.price_kernel_v,
         at.price_kernel, 8),
        # bias[i] = bias[i] - factor · bias[i]    library/every/optimizer.nn
        (COMPUTE_KERNEL_5, at.factor, at.price_bias, 1),
        # bias:m[i] = 0.9 · bias:m[i] + 0.09999999999999998 · ∂bias[i] · shrink    library/optimizers.nn
        # bias:v[i] = 0.999 · bias:v[i] + 0.0010000000000000009 · ∂bias[i] · shrink · ∂bias[i] · shrink
        #     library/optimizers.nn
        # bias[i] = bias[i] - rate · bias:m[i] / (sqrt(bias:v[i]) + 1e-7)    library/optimizers.nn
        (COMPUTE_KERNEL_M_KERNEL_V_KERNEL, at.shrink, at.rate, at.price_bias_m, at.d_price_bias, at.price_bias_v,
         at.price_bias, 1),
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
        elif operation == COMPUTE_H:
            compute_h(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_X_MAX_EXP:
            compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]), row[9],
                              row[10], row[11])
        elif operation == COMPUTE_PRICE_SUM_LOSS:
            compute_price_sum_loss(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   view(real, row[5]), view(real, row[6]), view(whole, row[7]), view(real, row[8]),
                                   view(real, row[9]), view(real, row[10]), row[11], row[12], row[13])
        elif operation == COMPUTE_SUM:
            compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
        elif operation == COMPUTE_SUM_2:
            compute_sum_2(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_SUM_3_OBJECTIVE:
            compute_sum_3_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                    row[5], batch)
        elif operation == COMPUTE_ARGMAX_OUTPUT:
            compute_argmax_output(view(real, row[1]), view(whole, row[2]), view(whole, row[3]), view(real, row[4]),
                                  row[5], row[6])
        elif operation == COMPUTE_KIND_ACCURACY_SUM_KIND_ACCURACY_COUNT:
            compute_kind_accuracy_sum_kind_accuracy_count(view(real, row[1]), view(real, row[2]), view(total, row[3]),
                    view(total, row[4]), row[5])
        elif operation == COMPUTE_SUM_3:
            compute_sum_3(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
    restore_denormals(word)


def assess_rows(at, batch):
    """The operations of `assess`, in order."""
    return [
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 8, 6, at.x, 6, at.h_kernel, 8, 0, at.h_z, 8),
        # h[n,u] = where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 0)    library/layers.nn
        (COMPUTE_H, at.h_z, at.h_bias, at.h, batch, 8),
        # z[n,u] = Σ_i h[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 20, 8, at.h, 8, at.kind_kernel, 20, 0, at.kind_z, 20),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # reciprocal in kind[n] = 1 / sum[n]    library/activations.nn reciprocal
        # kind[n,c] = exp[n,c] · reciprocal in kind[n]    library/activations.nn
        (COMPUTE_X_MAX_EXP, at.kind_z, at.kind_bias, at.kind_softmax_x, at.kind_max, at.kind_exp, at.kind_sum,
         at.reciprocal_in_kind, at.kind, batch, 20, 20),
        # z[n,u] = Σ_i h[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 8, at.h, 8, at.price_kernel, 1, 0, at.price_z, 1),
        # price[n,u] = z[n,u] + bias[u]    library/layers.nn
        # sum[n] = Σ_k (target.price[n,k] - price[n,k]) · (target.price[n,k] - price[n,k])    library/losses.nn
        # loss[n] = 0.3 · output.sum[n] - (x[n,kind[n]] - stop(max[n]) - log(kind.sum[n]))    two_outputs.nn:11
        (COMPUTE_PRICE_SUM_LOSS, at.price_z, at.price_bias, at.price, at.target_price, at.mean_squared_error_output_sum,
         at.kind_softmax_x, at.target_kind, at.kind_max, at.kind_sum, at.loss, batch, 1, 20),
        # sum = Σ_n sample weight[n] · loss[n]    two_outputs.nn:11
        (COMPUTE_SUM, at.sample_weight, at.loss, at.objective_sum, batch),
        # sum_2[n] = Σ_i h[n,i] · h[n,i]    two_outputs.nn:11
        (COMPUTE_SUM_2, at.h, at.objective_sum_2, batch, 8),
        # sum_3 = Σ_n 0.00125 · sum_2[n]    two_outputs.nn:11
        # objective = sum / batch + sum_3 / batch    two_outputs.nn:11
        (COMPUTE_SUM_3_OBJECTIVE, at.objective_sum_2, at.objective_sum_3, at.objective_sum, at.objective, batch),
        # argmax[n] = argmax[k](kind[n,k])    library/metrics.nn
        # output[n] = kind[n] == argmax[n]    library/metrics.nn
        (COMPUTE_ARGMAX_OUTPUT, at.kind, at.accuracy_output_argmax, at.target_kind, at.accuracy_output, batch, 20),
        # kind_accuracy sum += Σ_n sample weight[n] · output[n]    two_outputs.nn:13
        # kind_accuracy count += Σ_n sample weight[n]    two_outputs.nn:13
        (COMPUTE_KIND_ACCURACY_SUM_KIND_ACCURACY_COUNT, at.sample_weight, at.accuracy_output, at.kind_accuracy_sum,
         at.kind_accuracy_count, batch),
        # sum[n] = Σ_k abs(target.price[n,k] - price[n,k])    library/losses.nn
        (COMPUTE_SUM_3, at.target_price, at.price, at.mean_absolute_error_output_sum, batch),
        # price_mae sum += Σ_n sample weight[n] · sum[n]    two_outputs.nn:13
        # price_mae count += Σ_n sample weight[n]    two_outputs.nn:13
        (COMPUTE_KIND_ACCURACY_SUM_KIND_ACCURACY_COUNT, at.sample_weight, at.mean_absolute_error_output_sum,
         at.price_mae_sum, at.price_mae_count, batch),
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
        elif operation == COMPUTE_H:
            compute_h(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
        elif operation == COMPUTE_X_MAX_EXP:
            compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]), row[9],
                              row[10], row[11])
        elif operation == COMPUTE_PRICE:
            compute_price(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # z[n,u] = Σ_i x[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 8, 6, at.x, 6, at.h_kernel, 8, 0, at.h_z, 8),
        # h[n,u] = where(z[n,u] + bias[u] > 0, z[n,u] + bias[u], 0)    library/layers.nn
        (COMPUTE_H, at.h_z, at.h_bias, at.h, batch, 8),
        # z[n,u] = Σ_i h[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 20, 8, at.h, 8, at.kind_kernel, 20, 0, at.kind_z, 20),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # reciprocal in kind[n] = 1 / sum[n]    library/activations.nn reciprocal
        # kind[n,c] = exp[n,c] · reciprocal in kind[n]    library/activations.nn
        (COMPUTE_X_MAX_EXP, at.kind_z, at.kind_bias, at.kind_softmax_x, at.kind_max, at.kind_exp, at.kind_sum,
         at.reciprocal_in_kind, at.kind, batch, 20, 20),
        # z[n,u] = Σ_i h[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 1, 8, at.h, 8, at.price_kernel, 1, 0, at.price_z, 1),
        # price[n,u] = z[n,u] + bias[u]    library/layers.nn
        (COMPUTE_PRICE, at.price_z, at.price_bias, at.price, batch, 1),
    ]


@entry
def finish(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of finish."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_KIND_ACCURACY_RESULT:
            compute_kind_accuracy_result(view(total, row[1]), view(total, row[2]), view(total, row[3]))
    restore_denormals(word)


def finish_rows(at, batch):
    """The operations of `finish`, in order."""
    return [
        # kind_accuracy result = kind_accuracy sum / where(kind_accuracy count == 0, 1, kind_accuracy count)
        #     two_outputs.nn:13
        (COMPUTE_KIND_ACCURACY_RESULT, at.kind_accuracy_count, at.kind_accuracy_sum, at.kind_accuracy_result),
        # price_mae result = price_mae sum / where(price_mae count == 0, 1, price_mae count)    two_outputs.nn:13
        (COMPUTE_KIND_ACCURACY_RESULT, at.price_mae_count, at.price_mae_sum, at.price_mae_result),
    ]


@entry
def train(real, whole, total, rows, short_rows, split, short_split, places, order, start, stop, size, step, seed, rate,
          meeting, thread, threads, all_x, all_target_kind, all_target_price, all_sample_weight):
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
        gather_rows(all_target_kind, order, done + first, last - first,
                    view(whole, places[2] + first * all_target_kind.shape[1]))
        gather_rows(all_target_price, order, done + first, last - first,
                    view(real, places[3] + first * all_target_price.shape[1]))
        gather_rows(all_sample_weight, order, done + first, last - first,
                    view(real, places[4] + first * all_sample_weight.shape[1]))
        for position in range(todo.shape[0]):
            if position == until and not isfinite(real[places[0]]):
                finite = False
                break
            row = todo[position]
            operation = row[0]
            if operation == GEMM:
                gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                     row[10], view(real, row[11]), row[12])
            elif operation == COMPUTE_H:
                compute_h(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
            elif operation == COMPUTE_X_MAX_EXP:
                compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                  row[9], row[10], row[11])
            elif operation == COMPUTE_PRICE_SUM_LOSS:
                compute_price_sum_loss(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                       view(real, row[5]), view(real, row[6]), view(whole, row[7]), view(real, row[8]),
                                       view(real, row[9]), view(real, row[10]), row[11], row[12], row[13])
            elif operation == COMPUTE_SUM:
                compute_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == COMPUTE_SUM_2:
                compute_sum_2(view(real, row[1]), view(real, row[2]), row[3], row[4])
            elif operation == COMPUTE_SUM_3_OBJECTIVE:
                compute_sum_3_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                        row[5], batch)
            elif operation == COMPUTE_ARGMAX_OUTPUT:
                compute_argmax_output(view(real, row[1]), view(whole, row[2]), view(whole, row[3]), view(real, row[4]),
                                      row[5], row[6])
            elif operation == COMPUTE_KIND_ACCURACY_SUM_KIND_ACCURACY_COUNT:
                compute_kind_accuracy_sum_kind_accuracy_count(view(real, row[1]), view(real, row[2]),
                        view(total, row[3]), view(total, row[4]), row[5])
            elif operation == COMPUTE_SUM_3:
                compute_sum_3(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4])
            elif operation == COMPUTE_D_SUM:
                compute_d_sum(view(real, row[1]), batch)
            elif operation == COMPUTE_D_SUM_2_D_H:
                compute_d_sum_2_d_h(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                    row[5], row[6])
            elif operation == COMPUTE_D_LOSS_D_OUTPUT:
                compute_d_loss_d_output(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                        row[5])
            elif operation == COMPUTE_D_X_D_SUM:
                compute_d_x_d_sum(view(real, row[1]), view(real, row[2]), view(whole, row[3]), view(real, row[4]),
                                  view(real, row[5]), row[6], row[7], row[8])
            elif operation == COMPUTE_D_PRICE_D_BIAS:
                compute_d_price_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                       view(real, row[5]), row[6], row[7])
            elif operation == COMPUTE_D_X_D_BIAS:
                compute_d_x_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   row[5], row[6])
            elif operation == COMPUTE_D_Z_D_BIAS:
                compute_d_z_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   row[5], row[6])
            elif operation == COMPUTE_SQUARES:
                compute_squares(view(real, row[1]), view(real, row[2]), row[3], row[4])
            elif operation == COMPUTE_SQUARES_2:
                compute_squares_2(view(real, row[1]), view(real, row[2]), row[3])
            elif operation == COMPUTE_SQUARES_3:
                compute_squares_3(view(real, row[1]), view(real, row[2]), row[3])
            elif operation == COMPUTE_SQUARES_4:
                compute_squares_4(view(real, row[1]), view(real, row[2]), row[3], row[4])
            elif operation == COMPUTE_SQUARES_SQUARES_SHRINK:
                compute_squares_squares_shrink(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                               view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                               view(real, row[7]), view(real, row[8]), view(real, row[9]), row[10])
            elif operation == COMPUTE_LEARNING_FACTOR:
                compute_learning_factor(view(real, row[1]), view(real, row[2]), rate)
            elif operation == COMPUTE_KERNEL_5:
                compute_kernel_5(view(real, row[1]), view(real, row[2]), row[3])
            elif operation == COMPUTE_RATE:
                compute_rate(view(real, row[1]), view(real, row[2]), step)
            elif operation == COMPUTE_KERNEL_M_KERNEL_V_KERNEL:
                compute_kernel_m_kernel_v_kernel(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                                 view(real, row[4]), view(real, row[5]), view(real, row[6]), row[7])
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
