# Makes rates.csv and shares.csv: Rscript reference.R (R 4, no packages).
options(digits = 15)
rates <- expand.grid(count = c(0, 2, 9, 15, 116, 900), base = c(0, 1, 7, 40, 1000),
                     exposure = c(1, 2.5), base_exposure = c(1, 7))
rates <- subset(rates, count + base > 0)
results <- mapply(function(x1, x0, t1, t0) {
  r <- poisson.test(c(x1, x0), c(t1, t0))
  c(value = unname(r$estimate), lo = r$conf.int[1], hi = r$conf.int[2], p = r$p.value)
}, rates$count, rates$base, rates$exposure, rates$base_exposure)
write.csv(cbind(rates, t(results)), "rates.csv", row.names = FALSE, quote = FALSE)
shares <- data.frame(successes = c(0, 3, 8, 31, 60, 12, 700, 5), trials = c(20, 20, 9, 400, 61, 40, 2000, 5),
                     ref_successes = c(4, 9, 2, 12, 40, 12, 640, 2), ref_trials = c(25, 20, 30, 390, 60, 40, 2100, 6))
p <- t(mapply(function(a, m, b, n) {
  table <- matrix(c(a, m - a, b, n - b), 2)
  c(fisher = fisher.test(table)$p.value,
    score = suppressWarnings(prop.test(c(a, b), c(m, n), correct = FALSE))$p.value)
}, shares$successes, shares$trials, shares$ref_successes, shares$ref_trials))
shares <- cbind(shares, p, holm = p.adjust(p[, "fisher"], "holm"), bh = p.adjust(p[, "fisher"], "BH"))
write.csv(shares, "shares.csv", row.names = FALSE, quote = FALSE)
