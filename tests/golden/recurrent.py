"""The model recurrent, compiled by nndsl."""

from nndsl.kernels import (
    contract,
    draw_normal,
    draw_uniform,
    entry,
    f4,
    flush_denormals,
    gather_rows,
    gemm,
    inf,
    isfinite,
    kernel,
    maximum,
    meet,
    rare,
    restore_denormals,
    sigmoid,
    tanh,
    view,
    where,
)

GEMM = 0
COMPUTE_W = 1
COMPUTE_W_2 = 2
COMPUTE_U = 3
COMPUTE_START = 4
COMPUTE_KERNEL = 5
COMPUTE_BIAS = 6
COMPUTE_DRAW = 7
COMPUTE_H_WITH_START = 8
COMPUTE_NEW_STEP_H_WITH_START = 9
COMPUTE_MAX_Y = 10
COMPUTE_P_SUM_LOSS = 11
COMPUTE_SUM_OBJECTIVE = 12
COMPUTE_D_SUM = 13
COMPUTE_D_LOSS_D_SUM_D_P = 14
COMPUTE_D_Y_D_MAX = 15
COMPUTE_D_H_WITH_START = 16
COMPUTE_D_H_WITH_START_2 = 17
COMPUTE_D_H_WITH_START_3 = 18
COMPUTE_D_H_WITH_START_D_STEP_D_A = 19
COMPUTE_D_START = 20
COMPUTE_LEARNING = 21
COMPUTE_W_M_W = 22
COMPUTE_MAX_Y_2 = 23
COMPUTE_P = 24
CONTRACT = 25
MEET = 26

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_H_WITH_START: (3, (3, 4), ((2, (4,)),)),
    COMPUTE_NEW_STEP_H_WITH_START: (8, (8, 9),
                                    ((1, (10,)), (2, (9,)), (3, (9,)), (4, (9,)), (5, (10,)), (6, (9,)), (7, (9,)))),
    COMPUTE_D_Y_D_MAX: (6, (6, 7), ((1, (7,)), (2, (7,)), (3, ()), (4, ()), (5, (9,)))),
    COMPUTE_D_H_WITH_START: (2, (2,), ((1, ()),)),
    COMPUTE_D_H_WITH_START_2: (3, (3,), ((1, ()), (2, ()))),
    COMPUTE_D_H_WITH_START_D_STEP_D_A: (11, (11, 12),
                                        ((1, (12,)), (2, (12,)), (3, (12,)), (4, (13,)), (5, (12,)), (6, (12,)), (7, (13,)), (8, (12,)), (9, (13,)), (10, (12,)))),
    COMPUTE_W_M_W: (5, (5,), ((2, ()), (3, ()), (4, ()))),
}


@rare
def compute_W(W, j_size, stream, seed, step):
    # W[i,j] = uniform()    recurrent.nn:5
    for j in range(j_size):
        W[j] = f4(draw_uniform(seed, step, stream, j))


@rare
def compute_W_2(W, j_size):
    # W[i,j] = -0.7385489458759964 + 1.4770978917519928 · W[i,j]    recurrent.nn:5
    for j in range(j_size):
        v0 = f4(-0.7385489458759964) + f4(1.4770978917519928) * W[j]
        W[j] = v0


@rare
def compute_U(U, j_size):
    # U[i,j] = -0.7071067811865476 + 1.4142135623730951 · U[i,j]    recurrent.nn:6
    for j in range(j_size):
        v0 = f4(-0.7071067811865476) + f4(1.4142135623730951) * U[j]
        U[j] = v0


@rare
def compute_start(start, i_size, stream, seed, step):
    # start[i] = normal()    recurrent.nn:7
    for i in range(i_size):
        start[i] = f4(draw_normal(seed, step, stream, i))


@rare
def compute_kernel(kernel, j_size):
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
def compute_draw(draw, t_size, n_size, u_size, stream, stride, stride_2, seed, step):
    # draw[n,t,u] = uniform()    recurrent.nn:10
    for t in range(t_size):
        for n in range(n_size):
            for u in range(u_size):
                draw[n * u_size + t * n_size * u_size + u] = f4(draw_uniform(seed, step, stream, t * stride + n * stride_2 + u))


@kernel
def compute_h_with_start(start, h_with_start, i0_size, i2_size):
    # h with start[i0,0,i2] = start[i2]    recurrent.nn:12 start
    for i0 in range(i0_size):
        for i2 in range(i2_size):
            h_with_start[i0 * i2_size + i2] = start[i2]


@kernel
def compute_new_step_h_with_start(a, draw, new, h_with_start, a_2, step_2, h_with_start_2, n_size, u_size, stride):
    # new[n,t,u] = tanh(a[n,t,1,u]) · where(draw[n,t,u] < 0.9, 1, 0)    recurrent.nn:10
    # step[n,t,u] = sigmoid(a[n,t,0,u]) · (new[n,t,u] - h with start[n,t,u])    recurrent.nn:11
    # h with start[n,t + 1,u] = h with start[n,t,u] + step[n,t,u]    recurrent.nn:12
    for n in range(n_size):
        for u in range(u_size):
            v0 = tanh(a[n * stride + u]) * f4(where(draw[n * u_size + u] < f4(0.9), 1, 0))
            new[n * u_size + u] = v0
            v1 = h_with_start[n * u_size + u]
            v2 = sigmoid(a_2[n * stride + u]) * (v0 - v1)
            step_2[n * u_size + u] = v2
            h_with_start_2[n * u_size + u] = v1 + v2


@kernel
def compute_max_y(y, max, max_2, h_with_start, y_2, y_3, n_size, k_size, t, c_size):
    # max[n,t] = max[k]((y[n,t + 1,k] else 1))    recurrent.nn:18
    # y[n,t,c] = h with start[n,t + 1,c] - 0.5 · (y[n,t + 2,c] else t · h with start[n,t + 1,c]) + 0.1 ·
    #     max[n,t]    recurrent.nn:18
    for n in range(n_size):
        v0 = f4(-inf)
        v1 = 0
        for k in range(k_size):
            v2 = y[n * k_size + k] if 0 <= t + 1 < 5 else f4(1)
            v3 = v2
            if v3 > v0:
                v0 = v3
                v1 = k
        max[n] = v0
        max_2[n] = v1
        for c in range(c_size):
            v4 = h_with_start[n * c_size + c]
            v5 = y_2[n * c_size + c] if 0 <= t + 2 < 5 else f4(t) * v4
            y_3[n * c_size + c] = v4 - f4(0.5) * v5 + f4(0.1) * v0


@kernel
def compute_p_sum_loss(z, bias, p, p_2, sum, loss, i_size, u_size, k_size):
    # p[n,i,u] = z[n,i,u] + bias[u]    library/layers.nn
    # sum[n,i] = Σ_k (target.p[n,i,k] - p[n,i,k]) · (target.p[n,i,k] - p[n,i,k])    library/losses.nn
    # loss[n,i] = sum[n,i] · 0.5    library/losses.nn
    for i in range(i_size):
        for u in range(u_size):
            p[i * u_size + u] = z[i * u_size + u] + bias[u]
        v0 = f4(0)
        for k in range(k_size):
            v1 = p_2[i * k_size + k]
            v2 = p[i * k_size + k]
            v0 += (v1 - v2) * (v1 - v2)
        sum[i] = v0
        loss[i] = v0 * f4(0.5)


@kernel
def compute_sum_objective(sample_weight, loss, sum, objective, n_size, i_size, batch):
    # sum = Σ_{n,i} sample weight[n] · loss[n,i]    recurrent.nn:27
    # objective = sum / (5 · batch)    recurrent.nn:27
    v0 = f4(0)
    for n in range(n_size):
        for i in range(i_size):
            v0 += sample_weight[n] * loss[n * i_size + i]
    sum[0] = v0
    objective[0] = v0 / f4(5 * batch)


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / (5 · batch)    recurrent.nn:27 adjoint of objective
    d_sum[0] = f4(1) / f4(5 * batch)


@kernel
def compute_d_loss_d_sum_d_p(d_bias, d_sum, sample_weight, d_loss, d_sum_2, p, p_2, d_p, k_size, n_size, i_size):
    # ∂loss[n,i] = ∂sum · sample weight[n]    recurrent.nn:27 adjoint of objective.sum
    # ∂sum[n,i] = ∂loss[n,i] · 0.5    library/losses.nn adjoint of loss
    # ∂p[n,i,k] = ∂sum[n,i] · -2 · (target.p[n,i,k] - p[n,i,k])    library/losses.nn adjoint of loss.sum
    # ∂bias[u] = Σ_{n,i} ∂p[n,i,u]    library/layers.nn adjoint of p
    for k in range(k_size):
        d_bias[k] = f4(0)
    v0 = d_sum[0]
    for n in range(n_size):
        v1 = sample_weight[n]
        for i in range(i_size):
            v2 = v0 * v1
            d_loss[n * i_size + i] = v2
            d_sum_2[n * i_size + i] = v2 * f4(0.5)
            v3 = d_sum_2[n * i_size + i]
            for k in range(k_size):
                v4 = v3 * (f4(-2) * (p[n * i_size * k_size + i * k_size + k] - p_2[n * i_size * k_size + i * k_size + k]))
                d_p[n * i_size * k_size + i * k_size + k] = v4
                d_bias[k] += v4


@kernel
def compute_d_y_d_max(d_y, d_y_2, d_max, max, d_y_3, n_size, c_size, t, k_size):
    # ∂y[n,t + 2,c] += ∂y[n,t,c] · -0.5  where 0 ≤ t + 2 < 5    recurrent.nn:18 adjoint of echo_1.y
    # ∂max[n,t] = Σ_c ∂y[n,t,c] · 0.1    recurrent.nn:18 adjoint of echo_1.y
    # ∂y[n,t + 1,k] += where(max[n,t] == k, ∂max[n,t], 0)  where 0 ≤ t + 1 < 5    recurrent.nn:18 adjoint of
    #     echo_1.y.max
    for n in range(n_size):
        for c in range(c_size):
            if 0 <= t + 2 < 5:
                d_y_2[n * c_size + c] += d_y[n * c_size + c] * f4(-0.5)
        v0 = f4(0)
        for c in range(c_size):
            v0 += d_y[n * c_size + c] * f4(0.1)
        d_max[n] = v0
        for k in range(k_size):
            if 0 <= t + 1 < 5:
                d_y_3[n * k_size + k] += where(max[n] == k, v0, f4(0))


@kernel
def compute_d_h_with_start(d_h_with_start, i2_size):
    # ∂h with start[i0,i1,i2] = 0    recurrent.nn:18 cleared
    for i2 in range(i2_size):
        d_h_with_start[i2] = f4(0)


@kernel
def compute_d_h_with_start_2(d_y, d_h_with_start, c_size, stride):
    # ∂h with start[n,t + 1,c] += ∂y[n,t,c]    recurrent.nn:18 adjoint of echo_1.y
    for c in range(c_size):
        d_h_with_start[c + stride] += d_y[c]


@kernel
def compute_d_h_with_start_3(d_y, d_h_with_start, t_size, n_size, c_size, stride, batch):
    # ∂h with start[n,t + 1,c] += where(n ≥ 0 ∧ n < batch ∧ t + 2 ≥ 0 ∧ t + 2 < 5 ∧ c ≥ 0 ∧ c < 4, 0,
    #     ∂y[n,t,c] · -0.5) · t    recurrent.nn:18 adjoint of echo_1.y
    for t in range(t_size):
        for n in range(n_size):
            for c in range(c_size):
                d_h_with_start[n * c_size + t * n_size * c_size + c + stride] += where(n >= 0 and n < batch and (t + 2 >= 0 and t + 2 < 5) and (c >= 0 and c < 4), f4(0), d_y[n * c_size + t * n_size * c_size + c] * f4(-0.5)) * f4(t)


@kernel
def compute_d_h_with_start_d_step_d_a(d_h_with_start, d_h_with_start_2, d_step, a, new, h_with_start, d_a, d_new, a_2,
                                      draw, n_size, u_size, stride):
    # ∂h with start[n,t,u] += ∂h with start[n,t + 1,u]    recurrent.nn:12 adjoint of gated_1.h with start
    # ∂step[n,t,u] = ∂h with start[n,t + 1,u]    recurrent.nn:12 adjoint of gated_1.h with start
    # ∂a[n,t,0,u] = ∂step[n,t,u] · (new[n,t,u] - h with start[n,t,u]) · (1 - sigmoid(a[n,t,0,u])) ·
    #     sigmoid(a[n,t,0,u])    recurrent.nn:11 adjoint of gated_1.step
    # ∂new[n,t,u] = ∂step[n,t,u] · sigmoid(a[n,t,0,u])    recurrent.nn:11 adjoint of gated_1.step
    # ∂h with start[n,t,u] += -∂new[n,t,u]    recurrent.nn:11 adjoint of gated_1.step
    # ∂a[n,t,1,u] = ∂new[n,t,u] · where(draw[n,t,u] < 0.9, 1, 0) · (1 - tanh(a[n,t,1,u]) · tanh(a[n,t,1,u]))
    #     recurrent.nn:10 adjoint of gated_1.new
    for n in range(n_size):
        for u in range(u_size):
            v0 = d_h_with_start[n * u_size + u]
            d_h_with_start_2[n * u_size + u] += v0
            v1 = d_h_with_start[n * u_size + u]
            v2 = v1
            d_step[n * u_size + u] = v2
            v3 = a[n * stride + u]
            v4 = sigmoid(v3)
            d_a[n * stride + u] = v2 * ((new[n * u_size + u] - h_with_start[n * u_size + u]) * (f4(1) - v4) * v4)
            v5 = v2 * v4
            d_new[n * u_size + u] = v5
            d_h_with_start_2[n * u_size + u] += -v5
            v6 = a_2[n * stride + u]
            v7 = tanh(v6)
            d_a[n * stride + u + 4] = v5 * (f4(where(draw[n * u_size + u] < f4(0.9), 1, 0)) * (f4(1) - v7 * v7))


@kernel
def compute_d_start(d_start, d_h_with_start, i2_size, i0_size):
    # ∂start[i2] = Σ_i0 ∂h with start[i0,0,i2]    recurrent.nn:12 adjoint of gated_1.h with start
    for i2 in range(i2_size):
        d_start[i2] = f4(0)
    for i0 in range(i0_size):
        for i2 in range(i2_size):
            d_start[i2] += d_h_with_start[i0 * i2_size + i2]


@kernel
def compute_learning(learning, rate):
    # learning = 0.01 · rate    library/every/optimizer.nn
    learning[0] = f4(0.01) * f4(rate)


@kernel
def compute_W_m_W(learning, W_m, d_W, W, j_size):
    # W:m[i,j] = 0.9 · W:m[i,j] - learning · ∂W[i,j]    library/optimizers.nn
    # W[i,j] = W[i,j] + W:m[i,j]    library/optimizers.nn
    v0 = learning[0]
    for j in range(j_size):
        v1 = W_m[j]
        v2 = f4(0.9) * v1 - v0 * d_W[j]
        W_m[j] = v2
        v3 = W[j] + v2
        W[j] = v3


@kernel
def compute_max_y_2(y, max, h_with_start, y_2, y_3, n_size, k_size, t, c_size):
    # max[n,t] = max[k]((y[n,t + 1,k] else 1))    recurrent.nn:18
    # y[n,t,c] = h with start[n,t + 1,c] - 0.5 · (y[n,t + 2,c] else t · h with start[n,t + 1,c]) + 0.1 ·
    #     max[n,t]    recurrent.nn:18
    for n in range(n_size):
        v0 = f4(-inf)
        for k in range(k_size):
            v1 = y[n * k_size + k] if 0 <= t + 1 < 5 else f4(1)
            v0 = maximum(v0, v1)
        max[n] = v0
        for c in range(c_size):
            v2 = h_with_start[n * c_size + c]
            v3 = y_2[n * c_size + c] if 0 <= t + 2 < 5 else f4(t) * v2
            y_3[n * c_size + c] = v2 - f4(0.5) * v3 + f4(0.1) * v0


@kernel
def compute_p(z, bias, p, i_size, u_size):
    # p[n,i,u] = z[n,i,u] + bias[u]    library/layers.nn
    for i in range(i_size):
        for u in range(u_size):
            p[i * u_size + u] = z[i * u_size + u] + bias[u]


@entry
def initial(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of initial or begin."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_W:
            compute_W(view(real, row[1]), row[2], row[3], seed, step)
        elif operation == COMPUTE_W_2:
            compute_W_2(view(real, row[1]), row[2])
        elif operation == COMPUTE_U:
            compute_U(view(real, row[1]), row[2])
        elif operation == COMPUTE_START:
            compute_start(view(real, row[1]), row[2], row[3], seed, step)
        elif operation == COMPUTE_KERNEL:
            compute_kernel(view(real, row[1]), row[2])
        elif operation == COMPUTE_BIAS:
            compute_bias(view(real, row[1]), row[2])
    restore_denormals(word)


def initial_rows(at, batch):
    """The operations of `initial`, in order."""
    return [
        # W[i,j] = uniform()    recurrent.nn:5
        (COMPUTE_W, at.gated_1_W, 24, 1000001),
        # W[i,j] = -0.7385489458759964 + 1.4770978917519928 · W[i,j]    recurrent.nn:5
        (COMPUTE_W_2, at.gated_1_W, 24),
        # U[i,j] = uniform()    recurrent.nn:6
        (COMPUTE_W, at.gated_1_U, 32, 1000002),
        # U[i,j] = -0.7071067811865476 + 1.4142135623730951 · U[i,j]    recurrent.nn:6
        (COMPUTE_U, at.gated_1_U, 32),
        # start[i] = normal()    recurrent.nn:7
        (COMPUTE_START, at.gated_1_start, 4, 1000003),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_W, at.dense_1_kernel, 8, 1000004),
        # kernel[i,j] = -1 + 2 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL, at.dense_1_kernel, 8),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_1_bias, 2),
    ]


def begin_rows(at, batch):
    """The operations of `begin`, in order."""
    return [
        # W:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.gated_1_W_m, 24),
        # U:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.gated_1_U_m, 32),
        # start:m[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.gated_1_start_m, 4),
        # kernel:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_kernel_m, 8),
        # bias:m[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_bias_m, 2),
    ]


@entry
def learn(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of learn or update."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_DRAW:
            compute_draw(view(real, row[1]), row[2], row[3], row[4], row[5], row[6], row[7], seed, step)
        elif operation == CONTRACT:
            contract(row, 4, view(real, row[1]), view(real, row[2]), view(real, row[3]))
        elif operation == COMPUTE_H_WITH_START:
            compute_h_with_start(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_NEW_STEP_H_WITH_START:
            compute_new_step_h_with_start(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                          view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                          view(real, row[7]), row[8], row[9], row[10])
        elif operation == COMPUTE_MAX_Y:
            compute_max_y(view(real, row[1]), view(real, row[2]), view(whole, row[3]), view(real, row[4]),
                          view(real, row[5]), view(real, row[6]), row[7], row[8], row[9], row[10])
        elif operation == COMPUTE_P_SUM_LOSS:
            compute_p_sum_loss(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                               view(real, row[5]), view(real, row[6]), row[7], row[8], row[9])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], row[6], batch)
        elif operation == COMPUTE_D_SUM:
            compute_d_sum(view(real, row[1]), batch)
        elif operation == COMPUTE_D_LOSS_D_SUM_D_P:
            compute_d_loss_d_sum_d_p(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                     view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                     row[9], row[10], row[11])
        elif operation == COMPUTE_D_Y_D_MAX:
            compute_d_y_d_max(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(whole, row[4]),
                              view(real, row[5]), row[6], row[7], row[8], row[9])
        elif operation == COMPUTE_D_H_WITH_START:
            compute_d_h_with_start(view(real, row[1]), row[2])
        elif operation == COMPUTE_D_H_WITH_START_2:
            compute_d_h_with_start_2(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_D_H_WITH_START_3:
            compute_d_h_with_start_3(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], batch)
        elif operation == COMPUTE_D_H_WITH_START_D_STEP_D_A:
            compute_d_h_with_start_d_step_d_a(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                              view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                              view(real, row[7]), view(real, row[8]), view(real, row[9]),
                                              view(real, row[10]), row[11], row[12], row[13])
        elif operation == COMPUTE_D_START:
            compute_d_start(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == COMPUTE_LEARNING:
            compute_learning(view(real, row[1]), rate)
        elif operation == COMPUTE_W_M_W:
            compute_W_m_W(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # draw[n,t,u] = uniform()    recurrent.nn:10
        (COMPUTE_DRAW, at.gated_1_new_draw, 5, batch, 4, 1, 4*batch, 4),
        # a[n,t,g,u] = Σ_i x[n,t,i] · W[i,g · 4 + u]    recurrent.nn:9
        (CONTRACT, at.x, at.gated_1_W, at.gated_1_a, 0, 8, 1, 0, 2, 1,
         5, 3, 0, 8*batch,  # t
         batch, 15, 0, 8,  # n
         3, 1, 8, 0),  # i
        # h with start[i0,0,i2] = start[i2]    recurrent.nn:12 start
        (COMPUTE_H_WITH_START, at.gated_1_start, at.gated_1_h_with_start, batch, 4),
        *(row for t in range(5) for row in [
            # a[n,t,g,u] += Σ_k h with start[n,t,k] · U[k,g · 4 + u]    recurrent.nn:9
            (GEMM, 0, 0, batch, 8, 4, at.gated_1_h_with_start + 4*batch*t, 4, at.gated_1_U, 8, 1,
             at.gated_1_a + 8*batch*t, 8),
            # new[n,t,u] = tanh(a[n,t,1,u]) · where(draw[n,t,u] < 0.9, 1, 0)    recurrent.nn:10
            # step[n,t,u] = sigmoid(a[n,t,0,u]) · (new[n,t,u] - h with start[n,t,u])    recurrent.nn:11
            # h with start[n,t + 1,u] = h with start[n,t,u] + step[n,t,u]    recurrent.nn:12
            (COMPUTE_NEW_STEP_H_WITH_START, at.gated_1_a + 4 + 8*batch*t, at.gated_1_new_draw + 4*batch*t,
             at.gated_1_new + 4*batch*t, at.gated_1_h_with_start + 4*batch*t, at.gated_1_a + 8*batch*t,
             at.gated_1_step + 4*batch*t, at.gated_1_h_with_start + 4*batch + 4*batch*t, batch, 4, 8),
        ]),
        *(row for t in reversed(range(5)) for row in [
            # max[n,t] = max[k]((y[n,t + 1,k] else 1))    recurrent.nn:18
            # y[n,t,c] = h with start[n,t + 1,c] - 0.5 · (y[n,t + 2,c] else t · h with start[n,t + 1,c]) + 0.1 ·
            #     max[n,t]    recurrent.nn:18
            (COMPUTE_MAX_Y, at.echo_1_y + 4*batch + 4*batch*t, at.echo_1_y_max + batch*t,
             at.winner_of_echo_1_y_max + batch*t, at.gated_1_h_with_start + 4*batch + 4*batch*t,
             at.echo_1_y + 8*batch + 4*batch*t, at.echo_1_y + 4*batch*t, batch, 4, t, 4),
        ]),
        # z[n,i,u] = Σ_i2 y[n,i,i2] · kernel[i2,u]    library/layers.nn
        (CONTRACT, at.echo_1_y, at.dense_1_kernel, at.dense_1_z, 0, 2, 1, 0, 2, 1,
         batch, 4, 0, 10,  # n
         5, 4*batch, 0, 2,  # i
         4, 1, 2, 0),  # i
        # p[n,i,u] = z[n,i,u] + bias[u]    library/layers.nn
        # sum[n,i] = Σ_k (target.p[n,i,k] - p[n,i,k]) · (target.p[n,i,k] - p[n,i,k])    library/losses.nn
        # loss[n,i] = sum[n,i] · 0.5    library/losses.nn
        (COMPUTE_P_SUM_LOSS, at.dense_1_z, at.dense_1_bias, at.p, at.target_p, at.loss_sum, at.loss, 5*batch, 2, 2),
        # sum = Σ_{n,i} sample weight[n] · loss[n,i]    recurrent.nn:27
        # objective = sum / (5 · batch)    recurrent.nn:27
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch, 5),
        # ∂sum = 1 / (5 · batch)    recurrent.nn:27 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂loss[n,i] = ∂sum · sample weight[n]    recurrent.nn:27 adjoint of objective.sum
        # ∂sum[n,i] = ∂loss[n,i] · 0.5    library/losses.nn adjoint of loss
        # ∂p[n,i,k] = ∂sum[n,i] · -2 · (target.p[n,i,k] - p[n,i,k])    library/losses.nn adjoint of loss.sum
        # ∂bias[u] = Σ_{n,i} ∂p[n,i,u]    library/layers.nn adjoint of p
        (COMPUTE_D_LOSS_D_SUM_D_P, at.d_dense_1_bias, at.d_objective_sum, at.sample_weight, at.d_loss, at.d_loss_sum,
         at.target_p, at.p, at.d_p, 2, batch, 5),
        # ∂y[n,i,i2] = Σ_u ∂p[n,i,u] · kernel[i2,u]    library/layers.nn adjoint of dense_1.z
        (CONTRACT, at.d_p, at.dense_1_kernel, at.d_echo_1_y, 0, 4, 2, 0, 2, 1,
         5, 2, 0, 4*batch,  # i
         batch, 10, 0, 4,  # n
         2, 1, 1, 0),  # u
        # ∂kernel[i2,u] = Σ_{n,i} ∂p[n,i,u] · y[n,i,i2]    library/layers.nn adjoint of dense_1.z
        (CONTRACT, at.echo_1_y, at.d_p, at.d_dense_1_kernel, 0, 2, 1, 0, 1, 2,
         4, 1, 0, 2,  # i
         5, 4*batch, 2, 0,  # i
         batch, 4, 10, 0),  # n
        *(row for t in range(5) for row in [
            # ∂y[n,t + 2,c] += ∂y[n,t,c] · -0.5  where 0 ≤ t + 2 < 5    recurrent.nn:18 adjoint of echo_1.y
            # ∂max[n,t] = Σ_c ∂y[n,t,c] · 0.1    recurrent.nn:18 adjoint of echo_1.y
            # ∂y[n,t + 1,k] += where(max[n,t] == k, ∂max[n,t], 0)  where 0 ≤ t + 1 < 5    recurrent.nn:18 adjoint of
            #     echo_1.y.max
            (COMPUTE_D_Y_D_MAX, at.d_echo_1_y + 4*batch*t, at.d_echo_1_y + 8*batch + 4*batch*t,
             at.d_echo_1_y_max + batch*t, at.winner_of_echo_1_y_max + batch*t, at.d_echo_1_y + 4*batch + 4*batch*t,
             batch, 4, t, 4),
        ]),
        # ∂h with start[i0,i1,i2] = 0    recurrent.nn:18 cleared
        (COMPUTE_D_H_WITH_START, at.d_gated_1_h_with_start, 24*batch),
        # ∂h with start[n,t + 1,c] += ∂y[n,t,c]    recurrent.nn:18 adjoint of echo_1.y
        (COMPUTE_D_H_WITH_START_2, at.d_echo_1_y, at.d_gated_1_h_with_start, 20*batch, 4*batch),
        # ∂h with start[n,t + 1,c] += where(n ≥ 0 ∧ n < batch ∧ t + 2 ≥ 0 ∧ t + 2 < 5 ∧ c ≥ 0 ∧ c < 4, 0,
        #     ∂y[n,t,c] · -0.5) · t    recurrent.nn:18 adjoint of echo_1.y
        (COMPUTE_D_H_WITH_START_3, at.d_echo_1_y, at.d_gated_1_h_with_start, 5, batch, 4, 4*batch),
        *(row for t in reversed(range(5)) for row in [
            # ∂h with start[n,t,u] += ∂h with start[n,t + 1,u]    recurrent.nn:12 adjoint of gated_1.h with start
            # ∂step[n,t,u] = ∂h with start[n,t + 1,u]    recurrent.nn:12 adjoint of gated_1.h with start
            # ∂a[n,t,0,u] = ∂step[n,t,u] · (new[n,t,u] - h with start[n,t,u]) · (1 - sigmoid(a[n,t,0,u])) ·
            #     sigmoid(a[n,t,0,u])    recurrent.nn:11 adjoint of gated_1.step
            # ∂new[n,t,u] = ∂step[n,t,u] · sigmoid(a[n,t,0,u])    recurrent.nn:11 adjoint of gated_1.step
            # ∂h with start[n,t,u] += -∂new[n,t,u]    recurrent.nn:11 adjoint of gated_1.step
            # ∂a[n,t,1,u] = ∂new[n,t,u] · where(draw[n,t,u] < 0.9, 1, 0) · (1 - tanh(a[n,t,1,u]) · tanh(a[n,t,1,u]))
            #     recurrent.nn:10 adjoint of gated_1.new
            (COMPUTE_D_H_WITH_START_D_STEP_D_A, at.d_gated_1_h_with_start + 4*batch + 4*batch*t,
             at.d_gated_1_h_with_start + 4*batch*t, at.d_gated_1_step + 4*batch*t, at.gated_1_a + 8*batch*t,
             at.gated_1_new + 4*batch*t, at.gated_1_h_with_start + 4*batch*t, at.d_gated_1_a + 8*batch*t,
             at.d_gated_1_new + 4*batch*t, at.gated_1_a + 4 + 8*batch*t, at.gated_1_new_draw + 4*batch*t, batch, 4, 8),
            # ∂h with start[n,t,k] += Σ_{g,u} ∂a[n,t,g,u] · U[k,g · 4 + u]    recurrent.nn:9 adjoint of gated_1.a
            (GEMM, 0, 1, batch, 4, 8, at.d_gated_1_a + 8*batch*t, 8, at.gated_1_U, 8, 1,
             at.d_gated_1_h_with_start + 4*batch*t, 4),
        ]),
        # ∂U[k,g · 4 + u] = Σ_{t,n} ∂a[n,t,g,u] · h with start[n,t,k]    recurrent.nn:9 adjoint of gated_1.a
        (GEMM, 1, 0, 4, 8, 5*batch, at.gated_1_h_with_start, 4, at.d_gated_1_a, 8, 0, at.d_gated_1_U, 8),
        # ∂start[i2] = Σ_i0 ∂h with start[i0,0,i2]    recurrent.nn:12 adjoint of gated_1.h with start
        (COMPUTE_D_START, at.d_gated_1_start, at.d_gated_1_h_with_start, 4, batch),
        # ∂W[i,g · 4 + u] = Σ_{t,n} ∂a[n,t,g,u] · x[n,t,i]    recurrent.nn:9 adjoint of gated_1.a
        (CONTRACT, at.x, at.d_gated_1_a, at.d_gated_1_W, 0, 8, 1, 0, 1, 2,
         3, 1, 0, 8,  # i
         batch, 15, 8, 0,  # n
         5, 3, 8*batch, 0),  # t
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # learning = 0.01 · rate    library/every/optimizer.nn
        (COMPUTE_LEARNING, at.learning),
        # W:m[i,j] = 0.9 · W:m[i,j] - learning · ∂W[i,j]    library/optimizers.nn
        # W[i,j] = W[i,j] + W:m[i,j]    library/optimizers.nn
        (COMPUTE_W_M_W, at.learning, at.gated_1_W_m, at.d_gated_1_W, at.gated_1_W, 24),
        # U:m[i,j] = 0.9 · U:m[i,j] - learning · ∂U[i,j]    library/optimizers.nn
        # U[i,j] = U[i,j] + U:m[i,j]    library/optimizers.nn
        (COMPUTE_W_M_W, at.learning, at.gated_1_U_m, at.d_gated_1_U, at.gated_1_U, 32),
        # start:m[i] = 0.9 · start:m[i] - learning · ∂start[i]    library/optimizers.nn
        # start[i] = start[i] + start:m[i]    library/optimizers.nn
        (COMPUTE_W_M_W, at.learning, at.gated_1_start_m, at.d_gated_1_start, at.gated_1_start, 4),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] - learning · ∂kernel[i,j]    library/optimizers.nn
        # kernel[i,j] = kernel[i,j] + kernel:m[i,j]    library/optimizers.nn
        (COMPUTE_W_M_W, at.learning, at.dense_1_kernel_m, at.d_dense_1_kernel, at.dense_1_kernel, 8),
        # bias:m[i] = 0.9 · bias:m[i] - learning · ∂bias[i]    library/optimizers.nn
        # bias[i] = bias[i] + bias:m[i]    library/optimizers.nn
        (COMPUTE_W_M_W, at.learning, at.dense_1_bias_m, at.d_dense_1_bias, at.dense_1_bias, 2),
    ]


@entry
def assess(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of assess."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_DRAW:
            compute_draw(view(real, row[1]), row[2], row[3], row[4], row[5], row[6], row[7], seed, step)
        elif operation == CONTRACT:
            contract(row, 4, view(real, row[1]), view(real, row[2]), view(real, row[3]))
        elif operation == COMPUTE_H_WITH_START:
            compute_h_with_start(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_NEW_STEP_H_WITH_START:
            compute_new_step_h_with_start(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                          view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                          view(real, row[7]), row[8], row[9], row[10])
        elif operation == COMPUTE_MAX_Y_2:
            compute_max_y_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                            view(real, row[5]), row[6], row[7], row[8], row[9])
        elif operation == COMPUTE_P_SUM_LOSS:
            compute_p_sum_loss(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                               view(real, row[5]), view(real, row[6]), row[7], row[8], row[9])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], row[6], batch)
    restore_denormals(word)


def assess_rows(at, batch):
    """The operations of `assess`, in order."""
    return [
        # draw[n,t,u] = uniform()    recurrent.nn:10
        (COMPUTE_DRAW, at.gated_1_new_draw, 5, batch, 4, 1, 4*batch, 4),
        # a[n,t,g,u] = Σ_i x[n,t,i] · W[i,g · 4 + u]    recurrent.nn:9
        (CONTRACT, at.x, at.gated_1_W, at.gated_1_a, 0, 8, 1, 0, 2, 1,
         5, 3, 0, 8*batch,  # t
         batch, 15, 0, 8,  # n
         3, 1, 8, 0),  # i
        # h with start[i0,0,i2] = start[i2]    recurrent.nn:12 start
        (COMPUTE_H_WITH_START, at.gated_1_start, at.gated_1_h_with_start, batch, 4),
        *(row for t in range(5) for row in [
            # a[n,t,g,u] += Σ_k h with start[n,t,k] · U[k,g · 4 + u]    recurrent.nn:9
            (GEMM, 0, 0, batch, 8, 4, at.gated_1_h_with_start + 4*batch*t, 4, at.gated_1_U, 8, 1,
             at.gated_1_a + 8*batch*t, 8),
            # new[n,t,u] = tanh(a[n,t,1,u]) · where(draw[n,t,u] < 0.9, 1, 0)    recurrent.nn:10
            # step[n,t,u] = sigmoid(a[n,t,0,u]) · (new[n,t,u] - h with start[n,t,u])    recurrent.nn:11
            # h with start[n,t + 1,u] = h with start[n,t,u] + step[n,t,u]    recurrent.nn:12
            (COMPUTE_NEW_STEP_H_WITH_START, at.gated_1_a + 4 + 8*batch*t, at.gated_1_new_draw + 4*batch*t,
             at.gated_1_new + 4*batch*t, at.gated_1_h_with_start + 4*batch*t, at.gated_1_a + 8*batch*t,
             at.gated_1_step + 4*batch*t, at.gated_1_h_with_start + 4*batch + 4*batch*t, batch, 4, 8),
        ]),
        *(row for t in reversed(range(5)) for row in [
            # max[n,t] = max[k]((y[n,t + 1,k] else 1))    recurrent.nn:18
            # y[n,t,c] = h with start[n,t + 1,c] - 0.5 · (y[n,t + 2,c] else t · h with start[n,t + 1,c]) + 0.1 ·
            #     max[n,t]    recurrent.nn:18
            (COMPUTE_MAX_Y_2, at.echo_1_y + 4*batch + 4*batch*t, at.echo_1_y_max + batch*t,
             at.gated_1_h_with_start + 4*batch + 4*batch*t, at.echo_1_y + 8*batch + 4*batch*t, at.echo_1_y + 4*batch*t,
             batch, 4, t, 4),
        ]),
        # z[n,i,u] = Σ_i2 y[n,i,i2] · kernel[i2,u]    library/layers.nn
        (CONTRACT, at.echo_1_y, at.dense_1_kernel, at.dense_1_z, 0, 2, 1, 0, 2, 1,
         batch, 4, 0, 10,  # n
         5, 4*batch, 0, 2,  # i
         4, 1, 2, 0),  # i
        # p[n,i,u] = z[n,i,u] + bias[u]    library/layers.nn
        # sum[n,i] = Σ_k (target.p[n,i,k] - p[n,i,k]) · (target.p[n,i,k] - p[n,i,k])    library/losses.nn
        # loss[n,i] = sum[n,i] · 0.5    library/losses.nn
        (COMPUTE_P_SUM_LOSS, at.dense_1_z, at.dense_1_bias, at.p, at.target_p, at.loss_sum, at.loss, 5*batch, 2, 2),
        # sum = Σ_{n,i} sample weight[n] · loss[n,i]    recurrent.nn:27
        # objective = sum / (5 · batch)    recurrent.nn:27
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch, 5),
    ]


@entry
def forward(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of forward."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_DRAW:
            compute_draw(view(real, row[1]), row[2], row[3], row[4], row[5], row[6], row[7], seed, step)
        elif operation == CONTRACT:
            contract(row, 4, view(real, row[1]), view(real, row[2]), view(real, row[3]))
        elif operation == COMPUTE_H_WITH_START:
            compute_h_with_start(view(real, row[1]), view(real, row[2]), row[3], row[4])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_NEW_STEP_H_WITH_START:
            compute_new_step_h_with_start(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                          view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                          view(real, row[7]), row[8], row[9], row[10])
        elif operation == COMPUTE_MAX_Y_2:
            compute_max_y_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                            view(real, row[5]), row[6], row[7], row[8], row[9])
        elif operation == COMPUTE_P:
            compute_p(view(real, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # draw[n,t,u] = uniform()    recurrent.nn:10
        (COMPUTE_DRAW, at.gated_1_new_draw, 5, batch, 4, 1, 4*batch, 4),
        # a[n,t,g,u] = Σ_i x[n,t,i] · W[i,g · 4 + u]    recurrent.nn:9
        (CONTRACT, at.x, at.gated_1_W, at.gated_1_a, 0, 8, 1, 0, 2, 1,
         5, 3, 0, 8*batch,  # t
         batch, 15, 0, 8,  # n
         3, 1, 8, 0),  # i
        # h with start[i0,0,i2] = start[i2]    recurrent.nn:12 start
        (COMPUTE_H_WITH_START, at.gated_1_start, at.gated_1_h_with_start, batch, 4),
        *(row for t in range(5) for row in [
            # a[n,t,g,u] += Σ_k h with start[n,t,k] · U[k,g · 4 + u]    recurrent.nn:9
            (GEMM, 0, 0, batch, 8, 4, at.gated_1_h_with_start + 4*batch*t, 4, at.gated_1_U, 8, 1,
             at.gated_1_a + 8*batch*t, 8),
            # new[n,t,u] = tanh(a[n,t,1,u]) · where(draw[n,t,u] < 0.9, 1, 0)    recurrent.nn:10
            # step[n,t,u] = sigmoid(a[n,t,0,u]) · (new[n,t,u] - h with start[n,t,u])    recurrent.nn:11
            # h with start[n,t + 1,u] = h with start[n,t,u] + step[n,t,u]    recurrent.nn:12
            (COMPUTE_NEW_STEP_H_WITH_START, at.gated_1_a + 4 + 8*batch*t, at.gated_1_new_draw + 4*batch*t,
             at.gated_1_new + 4*batch*t, at.gated_1_h_with_start + 4*batch*t, at.gated_1_a + 8*batch*t,
             at.gated_1_step + 4*batch*t, at.gated_1_h_with_start + 4*batch + 4*batch*t, batch, 4, 8),
        ]),
        *(row for t in reversed(range(5)) for row in [
            # max[n,t] = max[k]((y[n,t + 1,k] else 1))    recurrent.nn:18
            # y[n,t,c] = h with start[n,t + 1,c] - 0.5 · (y[n,t + 2,c] else t · h with start[n,t + 1,c]) + 0.1 ·
            #     max[n,t]    recurrent.nn:18
            (COMPUTE_MAX_Y_2, at.echo_1_y + 4*batch + 4*batch*t, at.echo_1_y_max + batch*t,
             at.gated_1_h_with_start + 4*batch + 4*batch*t, at.echo_1_y + 8*batch + 4*batch*t, at.echo_1_y + 4*batch*t,
             batch, 4, t, 4),
        ]),
        # z[n,i,u] = Σ_i2 y[n,i,i2] · kernel[i2,u]    library/layers.nn
        (CONTRACT, at.echo_1_y, at.dense_1_kernel, at.dense_1_z, 0, 2, 1, 0, 2, 1,
         batch, 4, 0, 10,  # n
         5, 4*batch, 0, 2,  # i
         4, 1, 2, 0),  # i
        # p[n,i,u] = z[n,i,u] + bias[u]    library/layers.nn
        (COMPUTE_P, at.dense_1_z, at.dense_1_bias, at.p, 5*batch, 2),
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
                    view(real, places[2] + first * all_target_p.shape[1]))
        gather_rows(all_sample_weight, order, done + first, last - first,
                    view(real, places[3] + first * all_sample_weight.shape[1]))
        for position in range(todo.shape[0]):
            if position == until and not isfinite(real[places[0]]):
                finite = False
                break
            row = todo[position]
            operation = row[0]
            if operation == COMPUTE_DRAW:
                compute_draw(view(real, row[1]), row[2], row[3], row[4], row[5], row[6], row[7], seed, step)
            elif operation == CONTRACT:
                contract(row, 4, view(real, row[1]), view(real, row[2]), view(real, row[3]))
            elif operation == COMPUTE_H_WITH_START:
                compute_h_with_start(view(real, row[1]), view(real, row[2]), row[3], row[4])
            elif operation == GEMM:
                gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                     row[10], view(real, row[11]), row[12])
            elif operation == COMPUTE_NEW_STEP_H_WITH_START:
                compute_new_step_h_with_start(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                              view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                              view(real, row[7]), row[8], row[9], row[10])
            elif operation == COMPUTE_MAX_Y:
                compute_max_y(view(real, row[1]), view(real, row[2]), view(whole, row[3]), view(real, row[4]),
                              view(real, row[5]), view(real, row[6]), row[7], row[8], row[9], row[10])
            elif operation == COMPUTE_P_SUM_LOSS:
                compute_p_sum_loss(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                   view(real, row[5]), view(real, row[6]), row[7], row[8], row[9])
            elif operation == COMPUTE_SUM_OBJECTIVE:
                compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      row[5], row[6], batch)
            elif operation == COMPUTE_D_SUM:
                compute_d_sum(view(real, row[1]), batch)
            elif operation == COMPUTE_D_LOSS_D_SUM_D_P:
                compute_d_loss_d_sum_d_p(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                         view(real, row[5]), view(real, row[6]), view(real, row[7]), view(real, row[8]),
                                         row[9], row[10], row[11])
            elif operation == COMPUTE_D_Y_D_MAX:
                compute_d_y_d_max(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(whole, row[4]),
                                  view(real, row[5]), row[6], row[7], row[8], row[9])
            elif operation == COMPUTE_D_H_WITH_START:
                compute_d_h_with_start(view(real, row[1]), row[2])
            elif operation == COMPUTE_D_H_WITH_START_2:
                compute_d_h_with_start_2(view(real, row[1]), view(real, row[2]), row[3], row[4])
            elif operation == COMPUTE_D_H_WITH_START_3:
                compute_d_h_with_start_3(view(real, row[1]), view(real, row[2]), row[3], row[4], row[5], row[6], batch)
            elif operation == COMPUTE_D_H_WITH_START_D_STEP_D_A:
                compute_d_h_with_start_d_step_d_a(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                                  view(real, row[4]), view(real, row[5]), view(real, row[6]),
                                                  view(real, row[7]), view(real, row[8]), view(real, row[9]),
                                                  view(real, row[10]), row[11], row[12], row[13])
            elif operation == COMPUTE_D_START:
                compute_d_start(view(real, row[1]), view(real, row[2]), row[3], row[4])
            elif operation == COMPUTE_LEARNING:
                compute_learning(view(real, row[1]), rate)
            elif operation == COMPUTE_W_M_W:
                compute_W_m_W(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5])
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
