"""The model embedding, compiled by nndsl."""

from nndsl.kernels import (
    draw_uniform,
    entry,
    exp,
    f4,
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
COMPUTE_TABLE = 1
COMPUTE_TABLE_2 = 2
COMPUTE_KERNEL = 3
COMPUTE_BIAS = 4
COMPUTE_Y_Y = 5
COMPUTE_X_MAX_EXP = 6
COMPUTE_SUM_OBJECTIVE = 7
COMPUTE_D_SUM = 8
COMPUTE_D_LOSS_D_SUM = 9
COMPUTE_D_X_D_BIAS = 10
COMPUTE_D_Y = 11
COMPUTE_D_TABLE = 12
COMPUTE_D_TABLE_2 = 13
COMPUTE_LEARNING_RATE = 14
COMPUTE_TABLE_M_TABLE_V_TABLE = 15
COMPUTE_Y_Y_2 = 16
COMPUTE_X_MAX_EXP_2 = 17
MEET = 18

# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and
# for each array the cell of its start and those whose product is its step.
SHARED = {
    COMPUTE_D_LOSS_D_SUM: (6, (6,), ((2, ()), (3, ()), (4, ()), (5, ()))),
    COMPUTE_D_Y: (4, (4, 5, 6), ((1, (6,)), (2, (6,)), (3, (5, 6)))),
    COMPUTE_D_TABLE: (2, (2,), ((1, ()),)),
    COMPUTE_TABLE_M_TABLE_V_TABLE: (6, (6,), ((2, ()), (3, ()), (4, ()), (5, ()))),
}


@rare
def compute_table(table, j_size, stream, seed, step):
    # table[i,j] = uniform()    embedding.nn:4
    for j in range(j_size):
        table[j] = f4(draw_uniform(seed, step, stream, j))


@rare
def compute_table_2(table, j_size):
    # table[i,j] = -0.05 + 0.1 · table[i,j]    embedding.nn:4
    for j in range(j_size):
        v0 = f4(-0.05) + f4(0.1) * table[j]
        table[j] = v0


@rare
def compute_kernel(kernel, j_size):
    # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
    for j in range(j_size):
        v0 = f4(-0.9258200997725514) + f4(1.8516401995451028) * kernel[j]
        kernel[j] = v0


@rare
def compute_bias(bias, i_size):
    # bias[i] = 0    library/layers.nn
    for i in range(i_size):
        bias[i] = f4(0)


@kernel
def compute_y_y(word, table, y, y_2, y_3, n_size, t_size, u_size, c_size):
    # y[n,t,u] = table[word[n,t],u]    embedding.nn:5
    # largest_1.y[n,c] = max[t](lookup_1.y[n,t,c])    embedding.nn:10
    for n in range(n_size):
        for t in range(t_size):
            v0 = word[n * t_size + t]
            for u in range(u_size):
                y[n * t_size * u_size + t * u_size + u] = table[u + v0 * u_size]
        for c in range(c_size):
            v1 = f4(-inf)
            v2 = 0
            v3 = y[n * t_size * c_size + 0 * c_size + c]
            v2 = where(v3 > v1, 0, v2)
            v1 = where(v3 > v1, v3, v1)
            v4 = y[n * t_size * c_size + 1 * c_size + c]
            v2 = where(v4 > v1, 1, v2)
            v1 = where(v4 > v1, v4, v1)
            v5 = y[n * t_size * c_size + 2 * c_size + c]
            v2 = where(v5 > v1, 2, v2)
            v1 = where(v5 > v1, v5, v1)
            v6 = y[n * t_size * c_size + 3 * c_size + c]
            v2 = where(v6 > v1, 3, v2)
            v1 = where(v6 > v1, v6, v1)
            v7 = y[n * t_size * c_size + 4 * c_size + c]
            v2 = where(v7 > v1, 4, v2)
            v1 = where(v7 > v1, v7, v1)
            v8 = y[n * t_size * c_size + 5 * c_size + c]
            v2 = where(v8 > v1, 5, v2)
            v1 = where(v8 > v1, v8, v1)
            v9 = y[n * t_size * c_size + 6 * c_size + c]
            v2 = where(v9 > v1, 6, v2)
            v1 = where(v9 > v1, v9, v1)
            y_2[n * c_size + c] = v1
            y_3[n * c_size + c] = v2


@kernel
def compute_x_max_exp(z, bias, x, max, exp_2, sum, p, p_2, loss, n_size, u_size, c_size, stride):
    # x[n,u] = z[n,u] + bias[u]    library/layers.nn
    # max[n] = max[c](x[n,c])    library/activations.nn
    # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
    # sum[n] = Σ_c exp[n,c]    library/activations.nn
    # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
    # loss[n] = log(sum[n]) - (x[n,p[n]] - stop(max[n]))    embedding.nn:19
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
    # sum = Σ_n sample weight[n] · loss[n]    embedding.nn:19
    # objective = sum / batch    embedding.nn:19
    v0 = f4(0)
    for n in range(n_size):
        v0 += sample_weight[n] * loss[n]
    sum[0] = v0
    objective[0] = v0 / f4(batch)


@kernel
def compute_d_sum(d_sum, batch):
    # ∂sum = 1 / batch    embedding.nn:19 adjoint of objective
    d_sum[0] = f4(1) / f4(batch)


@kernel
def compute_d_loss_d_sum(d_sum, sample_weight, d_loss, sum, d_sum_2, n_size):
    # ∂loss[n] = ∂sum · sample weight[n]    embedding.nn:19 adjoint of objective.sum
    # ∂sum[n] = ∂loss[n] / sum[n]    embedding.nn:19 adjoint of loss
    v0 = d_sum[0]
    for n in range(n_size):
        v1 = v0 * sample_weight[n]
        d_loss[n] = v1
        d_sum_2[n] = v1 / sum[n]


@kernel
def compute_d_x_d_bias(d_bias, d_x, d_loss, p, d_sum, exp_2, c_size, i0_size, i1_size, stride):
    # ∂x[i0,i1] = 0    embedding.nn:19 cleared
    # ∂x[n,p[n]] += -∂loss[n]    embedding.nn:19 adjoint of loss
    # ∂x[n,c] += ∂sum[n] · exp[n,c]    library/activations.nn adjoint of p.exp
    # ∂bias[u] = Σ_n ∂x[n,u]    library/layers.nn adjoint of dense_1.softmax.x
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
def compute_d_y(y, d_y, d_y_2, n_size, t_size, c_size):
    # ∂lookup_1.y[n,t,c] = where(y[n,c] == t, ∂largest_1.y[n,c], 0)    embedding.nn:10 adjoint of largest_1.y
    for n in range(n_size):
        for t in range(t_size):
            for c in range(c_size):
                d_y_2[n * t_size * c_size + t * c_size + c] = where(y[n * c_size + c] == t, d_y[n * c_size + c], f4(0))


@kernel
def compute_d_table(d_table, i1_size):
    # ∂table[i0,i1] = 0    embedding.nn:5 cleared
    for i1 in range(i1_size):
        d_table[i1] = f4(0)


@kernel
def compute_d_table_2(d_y, d_table, word, n_size, t_size, u_size):
    # ∂table[word[n,t],u] += ∂y[n,t,u]    embedding.nn:5 adjoint of lookup_1.y
    for n in range(n_size):
        for t in range(t_size):
            for u in range(u_size):
                d_table[u + word[n * t_size + t] * u_size] += d_y[n * t_size * u_size + t * u_size + u]


@kernel
def compute_learning_rate(learning, rate_2, rate, step):
    # learning = 0.001 · rate    library/every/optimizer.nn
    # rate = learning · sqrt(1 - 0.999^(step + 1)) / (1 - 0.9^(step + 1))    library/optimizers.nn
    v0 = f4(0.001) * f4(rate)
    learning[0] = v0
    rate_2[0] = v0 * sqrt(f4(1) - power(f4(0.999), f4(step + 1))) / (f4(1) - power(f4(0.9), f4(step + 1)))


@kernel
def compute_table_m_table_v_table(rate_2, table_m, d_table, table_v, table, j_size):
    # table:m[i,j] = 0.9 · table:m[i,j] + 0.09999999999999998 · ∂table[i,j]    library/optimizers.nn
    # table:v[i,j] = 0.999 · table:v[i,j] + 0.0010000000000000009 · ∂table[i,j] · ∂table[i,j]
    #     library/optimizers.nn
    # table[i,j] = table[i,j] - rate · table:m[i,j] / (sqrt(table:v[i,j]) + 1e-7)    library/optimizers.nn
    v0 = rate_2[0]
    for j in range(j_size):
        v1 = table_m[j]
        v2 = d_table[j]
        v3 = f4(0.9) * v1 + f4(0.09999999999999998) * v2
        table_m[j] = v3
        v4 = table_v[j]
        v5 = f4(0.999) * v4 + f4(0.0010000000000000009) * (v2 * v2)
        table_v[j] = v5
        v6 = table[j] - v0 * v3 / (sqrt(v5) + f4(1e-07))
        table[j] = v6


@kernel
def compute_y_y_2(word, table, y, y_2, n_size, t_size, u_size, c_size):
    # y[n,t,u] = table[word[n,t],u]    embedding.nn:5
    # largest_1.y[n,c] = max[t](lookup_1.y[n,t,c])    embedding.nn:10
    for n in range(n_size):
        for t in range(t_size):
            v0 = word[n * t_size + t]
            for u in range(u_size):
                y[n * t_size * u_size + t * u_size + u] = table[u + v0 * u_size]
        for c in range(c_size):
            v1 = f4(-inf)
            v1 = maximum(v1, y[n * t_size * c_size + 0 * c_size + c])
            v1 = maximum(v1, y[n * t_size * c_size + 1 * c_size + c])
            v1 = maximum(v1, y[n * t_size * c_size + 2 * c_size + c])
            v1 = maximum(v1, y[n * t_size * c_size + 3 * c_size + c])
            v1 = maximum(v1, y[n * t_size * c_size + 4 * c_size + c])
            v1 = maximum(v1, y[n * t_size * c_size + 5 * c_size + c])
            v1 = maximum(v1, y[n * t_size * c_size + 6 * c_size + c])
            y_2[n * c_size + c] = v1


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


@entry
def initial(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of initial or begin."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_TABLE:
            compute_table(view(real, row[1]), row[2], row[3], seed, step)
        elif operation == COMPUTE_TABLE_2:
            compute_table_2(view(real, row[1]), row[2])
        elif operation == COMPUTE_KERNEL:
            compute_kernel(view(real, row[1]), row[2])
        elif operation == COMPUTE_BIAS:
            compute_bias(view(real, row[1]), row[2])
    restore_denormals(word)


def initial_rows(at, batch):
    """The operations of `initial`, in order."""
    return [
        # table[i,j] = uniform()    embedding.nn:4
        (COMPUTE_TABLE, at.lookup_1_table, 44, 1000001),
        # table[i,j] = -0.05 + 0.1 · table[i,j]    embedding.nn:4
        (COMPUTE_TABLE_2, at.lookup_1_table, 44),
        # kernel[i,j] = uniform()    library/layers.nn
        (COMPUTE_TABLE, at.dense_1_kernel, 12, 1000002),
        # kernel[i,j] = -0.9258200997725514 + 1.8516401995451028 · kernel[i,j]    library/layers.nn
        (COMPUTE_KERNEL, at.dense_1_kernel, 12),
        # bias[i] = 0    library/layers.nn
        (COMPUTE_BIAS, at.dense_1_bias, 3),
    ]


def begin_rows(at, batch):
    """The operations of `begin`, in order."""
    return [
        # table:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.lookup_1_table_m, 44),
        # table:v[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.lookup_1_table_v, 44),
        # kernel:m[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_kernel_m, 12),
        # kernel:v[i,j] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_kernel_v, 12),
        # bias:m[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_bias_m, 3),
        # bias:v[i] = 0    library/optimizers.nn
        (COMPUTE_BIAS, at.dense_1_bias_v, 3),
    ]


@entry
def learn(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of learn or update."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_Y_Y:
            compute_y_y(view(whole, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                        view(whole, row[5]), row[6], row[7], row[8], row[9])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_X_MAX_EXP:
            compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                              view(real, row[9]), row[10], row[11], row[12], row[13])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
        elif operation == COMPUTE_D_SUM:
            compute_d_sum(view(real, row[1]), batch)
        elif operation == COMPUTE_D_LOSS_D_SUM:
            compute_d_loss_d_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                 view(real, row[5]), row[6])
        elif operation == COMPUTE_D_X_D_BIAS:
            compute_d_x_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(whole, row[4]),
                               view(real, row[5]), view(real, row[6]), row[7], row[8], row[9], row[10])
        elif operation == COMPUTE_D_Y:
            compute_d_y(view(whole, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5], row[6])
        elif operation == COMPUTE_D_TABLE:
            compute_d_table(view(real, row[1]), row[2])
        elif operation == COMPUTE_D_TABLE_2:
            compute_d_table_2(view(real, row[1]), view(real, row[2]), view(whole, row[3]), row[4], row[5], row[6])
        elif operation == COMPUTE_LEARNING_RATE:
            compute_learning_rate(view(real, row[1]), view(real, row[2]), rate, step)
        elif operation == COMPUTE_TABLE_M_TABLE_V_TABLE:
            compute_table_m_table_v_table(view(real, row[1]), view(real, row[2]), view(real, row[3]),
                                          view(real, row[4]), view(real, row[5]), row[6])
    restore_denormals(word)


def learn_rows(at, batch):
    """The operations of `learn`, in order."""
    return [
        # y[n,t,u] = table[word[n,t],u]    embedding.nn:5
        # largest_1.y[n,c] = max[t](lookup_1.y[n,t,c])    embedding.nn:10
        (COMPUTE_Y_Y, at.word, at.lookup_1_table, at.lookup_1_y, at.largest_1_y, at.winner_of_largest_1_y, batch, 7, 4,
         4),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 4, at.largest_1_y, 4, at.dense_1_kernel, 3, 0, at.dense_1_z, 3),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
        # loss[n] = log(sum[n]) - (x[n,p[n]] - stop(max[n]))    embedding.nn:19
        (COMPUTE_X_MAX_EXP, at.dense_1_z, at.dense_1_bias, at.dense_1_softmax_x, at.p_max, at.p_exp, at.p_sum, at.p,
         at.target_p, at.loss, batch, 3, 3, 3),
        # sum = Σ_n sample weight[n] · loss[n]    embedding.nn:19
        # objective = sum / batch    embedding.nn:19
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch),
        # ∂sum = 1 / batch    embedding.nn:19 adjoint of objective
        (COMPUTE_D_SUM, at.d_objective_sum),
        # ∂loss[n] = ∂sum · sample weight[n]    embedding.nn:19 adjoint of objective.sum
        # ∂sum[n] = ∂loss[n] / sum[n]    embedding.nn:19 adjoint of loss
        (COMPUTE_D_LOSS_D_SUM, at.d_objective_sum, at.sample_weight, at.d_loss, at.p_sum, at.d_p_sum, batch),
        # ∂x[i0,i1] = 0    embedding.nn:19 cleared
        # ∂x[n,p[n]] += -∂loss[n]    embedding.nn:19 adjoint of loss
        # ∂x[n,c] += ∂sum[n] · exp[n,c]    library/activations.nn adjoint of p.exp
        # ∂bias[u] = Σ_n ∂x[n,u]    library/layers.nn adjoint of dense_1.softmax.x
        (COMPUTE_D_X_D_BIAS, at.d_dense_1_bias, at.d_dense_1_softmax_x, at.d_loss, at.target_p, at.d_p_sum, at.p_exp, 3,
         batch, 3, 3),
        # ∂y[n,i] = Σ_u ∂x[n,u] · kernel[i,u]    library/layers.nn adjoint of dense_1.z
        (GEMM, 0, 1, batch, 4, 3, at.d_dense_1_softmax_x, 3, at.dense_1_kernel, 3, 0, at.d_largest_1_y, 4),
        # ∂kernel[i,u] = Σ_n ∂x[n,u] · y[n,i]    library/layers.nn adjoint of dense_1.z
        (GEMM, 1, 0, 4, 3, batch, at.largest_1_y, 4, at.d_dense_1_softmax_x, 3, 0, at.d_dense_1_kernel, 3),
        # ∂lookup_1.y[n,t,c] = where(y[n,c] == t, ∂largest_1.y[n,c], 0)    embedding.nn:10 adjoint of largest_1.y
        (COMPUTE_D_Y, at.winner_of_largest_1_y, at.d_largest_1_y, at.d_lookup_1_y, batch, 7, 4),
        # ∂table[i0,i1] = 0    embedding.nn:5 cleared
        (COMPUTE_D_TABLE, at.d_lookup_1_table, 44),
        # ∂table[word[n,t],u] += ∂y[n,t,u]    embedding.nn:5 adjoint of lookup_1.y
        (COMPUTE_D_TABLE_2, at.d_lookup_1_y, at.d_lookup_1_table, at.word, batch, 7, 4),
    ]


def update_rows(at, batch):
    """The operations of `update`, in order."""
    return [
        # learning = 0.001 · rate    library/every/optimizer.nn
        # rate = learning · sqrt(1 - 0.999^(step + 1)) / (1 - 0.9^(step + 1))    library/optimizers.nn
        (COMPUTE_LEARNING_RATE, at.learning, at.rate),
        # table:m[i,j] = 0.9 · table:m[i,j] + 0.09999999999999998 · ∂table[i,j]    library/optimizers.nn
        # table:v[i,j] = 0.999 · table:v[i,j] + 0.0010000000000000009 · ∂table[i,j] · ∂table[i,j]
        #     library/optimizers.nn
        # table[i,j] = table[i,j] - rate · table:m[i,j] / (sqrt(table:v[i,j]) + 1e-7)    library/optimizers.nn
        (COMPUTE_TABLE_M_TABLE_V_TABLE, at.rate, at.lookup_1_table_m, at.d_lookup_1_table, at.lookup_1_table_v,
         at.lookup_1_table, 44),
        # kernel:m[i,j] = 0.9 · kernel:m[i,j] + 0.09999999999999998 · ∂kernel[i,j]    library/optimizers.nn
        # kernel:v[i,j] = 0.999 · kernel:v[i,j] + 0.0010000000000000009 · ∂kernel[i,j] · ∂kernel[i,j]
        #     library/optimizers.nn
        # kernel[i,j] = kernel[i,j] - rate · kernel:m[i,j] / (sqrt(kernel:v[i,j]) + 1e-7)
        #     library/optimizers.nn
        (COMPUTE_TABLE_M_TABLE_V_TABLE, at.rate, at.dense_1_kernel_m, at.d_dense_1_kernel, at.dense_1_kernel_v,
         at.dense_1_kernel, 12),
        # bias:m[i] = 0.9 · bias:m[i] + 0.09999999999999998 · ∂bias[i]    library/optimizers.nn
        # bias:v[i] = 0.999 · bias:v[i] + 0.0010000000000000009 · ∂bias[i] · ∂bias[i]    library/optimizers.nn
        # bias[i] = bias[i] - rate · bias:m[i] / (sqrt(bias:v[i]) + 1e-7)    library/optimizers.nn
        (COMPUTE_TABLE_M_TABLE_V_TABLE, at.rate, at.dense_1_bias_m, at.d_dense_1_bias, at.dense_1_bias_v,
         at.dense_1_bias, 3),
    ]


@entry
def assess(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of assess."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_Y_Y_2:
            compute_y_y_2(view(whole, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5],
                          row[6], row[7], row[8])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_X_MAX_EXP:
            compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                              view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                              view(real, row[9]), row[10], row[11], row[12], row[13])
        elif operation == COMPUTE_SUM_OBJECTIVE:
            compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  row[5], batch)
    restore_denormals(word)


def assess_rows(at, batch):
    """The operations of `assess`, in order."""
    return [
        # y[n,t,u] = table[word[n,t],u]    embedding.nn:5
        # largest_1.y[n,c] = max[t](lookup_1.y[n,t,c])    embedding.nn:10
        (COMPUTE_Y_Y_2, at.word, at.lookup_1_table, at.lookup_1_y, at.largest_1_y, batch, 7, 4, 4),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 4, at.largest_1_y, 4, at.dense_1_kernel, 3, 0, at.dense_1_z, 3),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
        # loss[n] = log(sum[n]) - (x[n,p[n]] - stop(max[n]))    embedding.nn:19
        (COMPUTE_X_MAX_EXP, at.dense_1_z, at.dense_1_bias, at.dense_1_softmax_x, at.p_max, at.p_exp, at.p_sum, at.p,
         at.target_p, at.loss, batch, 3, 3, 3),
        # sum = Σ_n sample weight[n] · loss[n]    embedding.nn:19
        # objective = sum / batch    embedding.nn:19
        (COMPUTE_SUM_OBJECTIVE, at.sample_weight, at.loss, at.objective_sum, at.objective, batch),
    ]


@entry
def forward(real, whole, total, rows, batch, step, seed, rate):
    """Do the operations in the rows of forward."""
    word = flush_denormals()
    for position in range(rows.shape[0]):
        row = rows[position]
        operation = row[0]
        if operation == COMPUTE_Y_Y_2:
            compute_y_y_2(view(whole, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]), row[5],
                          row[6], row[7], row[8])
        elif operation == GEMM:
            gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                 row[10], view(real, row[11]), row[12])
        elif operation == COMPUTE_X_MAX_EXP_2:
            compute_x_max_exp_2(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                view(real, row[5]), view(real, row[6]), view(real, row[7]), row[8], row[9], row[10])
    restore_denormals(word)


def forward_rows(at, batch):
    """The operations of `forward`, in order."""
    return [
        # y[n,t,u] = table[word[n,t],u]    embedding.nn:5
        # largest_1.y[n,c] = max[t](lookup_1.y[n,t,c])    embedding.nn:10
        (COMPUTE_Y_Y_2, at.word, at.lookup_1_table, at.lookup_1_y, at.largest_1_y, batch, 7, 4, 4),
        # z[n,u] = Σ_i y[n,i] · kernel[i,u]    library/layers.nn
        (GEMM, 0, 0, batch, 3, 4, at.largest_1_y, 4, at.dense_1_kernel, 3, 0, at.dense_1_z, 3),
        # x[n,u] = z[n,u] + bias[u]    library/layers.nn
        # max[n] = max[c](x[n,c])    library/activations.nn
        # exp[n,c] = exp(x[n,c] - stop(max[n]))    library/activations.nn
        # sum[n] = Σ_c exp[n,c]    library/activations.nn
        # p[n,c] = exp[n,c] / sum[n]    library/activations.nn
        (COMPUTE_X_MAX_EXP_2, at.dense_1_z, at.dense_1_bias, at.dense_1_softmax_x, at.p_max, at.p_exp, at.p_sum, at.p,
         batch, 3, 3),
    ]


@entry
def train(real, whole, total, rows, short_rows, split, short_split, places, order, start, stop, size, step, seed, rate,
          meeting, thread, threads, all_word, all_target_p, all_sample_weight):
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
        gather_rows(all_word, order, done + first, last - first,
                    view(whole, places[1] + first * all_word.shape[1]))
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
            if operation == COMPUTE_Y_Y:
                compute_y_y(view(whole, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                            view(whole, row[5]), row[6], row[7], row[8], row[9])
            elif operation == GEMM:
                gemm(row[1], row[2], row[3], row[4], row[5], view(real, row[6]), row[7], view(real, row[8]), row[9],
                     row[10], view(real, row[11]), row[12])
            elif operation == COMPUTE_X_MAX_EXP:
                compute_x_max_exp(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                  view(real, row[5]), view(real, row[6]), view(real, row[7]), view(whole, row[8]),
                                  view(real, row[9]), row[10], row[11], row[12], row[13])
            elif operation == COMPUTE_SUM_OBJECTIVE:
                compute_sum_objective(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                      row[5], batch)
            elif operation == COMPUTE_D_SUM:
                compute_d_sum(view(real, row[1]), batch)
            elif operation == COMPUTE_D_LOSS_D_SUM:
                compute_d_loss_d_sum(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(real, row[4]),
                                     view(real, row[5]), row[6])
            elif operation == COMPUTE_D_X_D_BIAS:
                compute_d_x_d_bias(view(real, row[1]), view(real, row[2]), view(real, row[3]), view(whole, row[4]),
                                   view(real, row[5]), view(real, row[6]), row[7], row[8], row[9], row[10])
            elif operation == COMPUTE_D_Y:
                compute_d_y(view(whole, row[1]), view(real, row[2]), view(real, row[3]), row[4], row[5], row[6])
            elif operation == COMPUTE_D_TABLE:
                compute_d_table(view(real, row[1]), row[2])
            elif operation == COMPUTE_D_TABLE_2:
                compute_d_table_2(view(real, row[1]), view(real, row[2]), view(whole, row[3]), row[4], row[5], row[6])
            elif operation == COMPUTE_LEARNING_RATE:
                compute_learning_rate(view(real, row[1]), view(real, row[2]), rate, step)
            elif operation == COMPUTE_TABLE_M_TABLE_V_TABLE:
                compute_table_m_table_v_table(view(real, row[1]), view(real, row[2]), view(real, row[3]),
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
